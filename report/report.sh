#!/usr/bin/env bash
# Writes one HTML page of charts from a database with a winback ledger: report.sh DATABASE [FILE], or DB= and OUT= in
# the environment. Host, port and user are libpq's: PGHOST, PGPORT, PGUSER ...
set -euo pipefail
database=${1:-${DB:-}}
file=${2:-${OUT:-report.html}}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -z "$database" ]; then
  echo 'which database? make report DB=name [OUT=report.html]' >&2
  exit 2
fi

# The libraries, as package-lock.json names them: once, and again when it has changed.
if [ ! -e "$here/node_modules/.package-lock.json" ] ||
    [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  log=$(mktemp)
  (cd "$here" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    echo 'npm could not install what the report is drawn with' >&2
    exit 1
  }
  rm -f "$log"
fi

bindir=$("${PG_CONFIG:-pg_config}" --bindir 2>/dev/null || true)
[ ! -x "$bindir/psql" ] || export PSQL=$bindir/psql
node "$here/build.mjs" "$database" "$file"
echo "$file"
