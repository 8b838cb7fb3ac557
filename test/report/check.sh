#!/usr/bin/env bash
# Makes reports of four databases on the server of check.sh, and looks at them with check.mjs: a shop with half a year
# of work, an odd one, an empty ledger, a single client. All are read as a role that may only read.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$PWD/build/check/reports
bindir=$("${PG_CONFIG:-pg_config}" --bindir)
export PSQL=$bindir/psql
rm -rf "$folder"
mkdir -p "$folder"

sql() { "$PSQL" -X -q -v ON_ERROR_STOP=1 "$@" >/dev/null; }

# Makes a database by the given files.
database() {
  local name=$1 file
  shift
  sql -d postgres -c "CREATE DATABASE \"$name\" TEMPLATE template0"
  for file in "$@"; do sql -d "$name" -v today='2026-03-16 09:00' -f "$file"; done
  sql -d "$name" -c "SELECT winback.grant_reader('head_of_sales')"
}

# Fails unless the command does, saying this.
refused() {
  local says=$1 out
  shift
  if out=$("$@" 2>&1) || [[ $out != *"$says"* ]]; then
    echo "not refused as it should be ($says): $out"
    return 1
  fi
}

report() { PGUSER=head_of_sales report/report.sh "$@"; }

(cd report && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
sql -d postgres -c 'CREATE ROLE head_of_sales LOGIN'
database shop demo/shop.sql test/report/half_year.sql
database 'odd shop' test/report/odd_shop.sql
database empty test/report/empty.sql
database one test/report/one_client.sql
sql -d 'odd shop' -c 'REVOKE SELECT ON winback.loss_result FROM head_of_sales'
report shop "$folder/shop.html"
report 'odd shop' "$folder/odd.html"
report empty "$folder/empty.html"
DB=one OUT=$folder/one.html report

refused 'has no winback ledger' report postgres "$folder/none.html"
sql -d empty -c 'CREATE ROLE stranger LOGIN'
refused 'permission denied for schema winback' env PGUSER=stranger report/report.sh empty "$folder/none.html"
refused 'database "nowhere" does not exist' report nowhere "$folder/none.html"
refused 'which database?' env DB= report/report.sh
[ ! -e "$folder/none.html" ]

node test/report/check.mjs "$folder"
