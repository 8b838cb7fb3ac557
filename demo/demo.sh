#!/usr/bin/env bash
# The demo: a shop with lost clients on a PostgreSQL of its own.
#
#   demo.sh start   builds, loads, watches, tells the story; the server runs on
#   demo.sh stop    ends that server and removes its data
#
# ORDERS=file.csv and CALLS=file.csv (gzipped or not) show the user's own data; without ORDERS a shop is generated.
set -euo pipefail
orders=${ORDERS:+$(realpath "$ORDERS")}
calls=${CALLS:+$(realpath "$CALLS")}
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../test/support/server.sh"

# The header line of a CSV file, and the separator that it most likely has.
header_of() { zcat -f "$1" | head -n 1 || true; }
separator_of() {
  local best=, most=0 candidate found
  for candidate in , ';' $'\t' '|'; do
    found=$(header_of "$1" | tr -cd "$candidate" | wc -c)
    if [ "$found" -gt "$most" ]; then best=$candidate most=$found; fi
  done
  printf '%s' "$best"
}

# Copies a CSV file into a table of text columns.
load_raw() {
  local separator
  separator=$(separator_of "$2")
  zcat -f "$2" | sql -d demo -c "\\copy $1 FROM STDIN (FORMAT csv, HEADER, DELIMITER '$separator')"
}

# Tables of the user's own files; today is the latest day in them.
load_own() {
  local calls_header='' calls_separator=,
  if [ -n "$calls" ]; then
    calls_header=$(header_of "$calls") calls_separator=$(separator_of "$calls")
  fi
  sql -d demo -v orders_header="$(header_of "$orders")" -v orders_separator="$(separator_of "$orders")" \
    -v calls_header="$calls_header" -v calls_separator="$calls_separator" -f "$here/csv.sql"
  load_raw shop.raw_orders "$orders"
  [ -z "$calls" ] || load_raw shop.raw_calls "$calls"
  sql -d demo -f "$here/csv_tables.sql"
  today=$(sql -d demo -At -c "SELECT greatest(max(placed_at), (SELECT max(started_at) FROM shop.calls))::timestamp(0)
                                FROM shop.orders")
}

# The generated shop, at a fixed day.
load_generated() {
  today='2026-03-16 09:00'
  sql -d demo -v today="$today" -f "$here/shop.sql"
}

# Says what was loaded.
show_tables() {
  sql -d demo -At -c "SELECT format('%s clients, %s orders, %s calls; the clock stands at %s',
    (SELECT count(DISTINCT client_id) FROM shop.orders), (SELECT count(*) FROM shop.orders),
    (SELECT count(*) FROM shop.calls), '$today')"
}

# Chapters follow each other at a reader's pace on a terminal, and at once elsewhere.
pause=0
[ ! -t 1 ] || pause=3

start() {
  echo '-- building winback and starting a PostgreSQL of its own'
  make_place demo-server
  stage_build
  start_server </dev/null
  sql -d postgres -c 'CREATE DATABASE demo TEMPLATE template0'
  echo '-- loading the shop'
  if [ -n "$orders" ]; then load_own; else load_generated; fi
  show_tables
  echo
  echo '-- what a DBA types to have it watched'
  sql -d demo -v today="$today" -f "$here/watch.sql"
  sql -d demo -v pause="$pause" -v picture="$top/build/life.svg" -f "$here/story.sql"
  echo
  echo "Go on by hand (make demo-stop ends the server and removes its data):"
  echo
  echo "  $bindir/psql -h $place -U postgres demo"
  echo
  echo "Its clock stands still until you say: ALTER DATABASE demo RESET winback.as_of"
  echo "A page of charts of it, for a browser:  PGHOST='$place' PGUSER=postgres make report DB=demo"
  echo "To begin with:  SELECT * FROM winback.open_tasks;  \\d winback.*"
}

case ${1:-} in
  start) start ;;
  stop) clear_place demo-server && rm -f "$top/build/life.svg" ;;
  *) echo "usage: demo.sh start|stop" >&2 && exit 2 ;;
esac
