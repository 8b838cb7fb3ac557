#!/usr/bin/env bash
# soak.sh: random histories on a server of its own, for MINUTES (60) from SEED (any), or until something differs: then
# the statements are kept in build/soak. LIVES=1 ends after the first database, to repeat one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../support/server.sh"

trap '[ -z "${place:-}" ] || stop_server "$place"' EXIT
make_place soak-server
stage_build
start_server <"$here/../support/check.conf"

mkdir -p "$top/build/soak"
PATH=$bindir:$PATH "$python" "$here/soak.py" --log "$top/build/soak" --minutes "${MINUTES:-60}" \
  ${SEED:+--seed "$SEED"} ${LIVES:+--lives "$LIVES"}
clear_place soak-server
