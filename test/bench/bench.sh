#!/usr/bin/env bash
# The performance table, on a server of its own that is set up as one in production: see README.md.
#
#   ONLY=insert,copy   these lines only
#   ROUNDS=5           rounds of each line
#   SCALE=0.01         so much of the data
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../support/server.sh"

trap '[ -z "${place:-}" ] || stop_server "$place"' EXIT
make_place bench-server
stage_build
start_server <"$here/bench.conf"
"$python" -B "$here/bench.py" --bindir "$bindir" --place "$place"
clear_place bench-server
