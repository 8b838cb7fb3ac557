#!/usr/bin/env bash
# figures.sh FOLDER: winback's figures on the real files of a folder against figures by plain SQL; see README.md.
# The last line says how many comparisons passed and failed, a quiet server being one; the exit code is 0 only if none
# failed.
set -euo pipefail
data=$(cd "${1:?usage: figures.sh FOLDER}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../support/server.sh"

retail_instants=('2011-07-01 09:00' '2011-12-10 00:00' '2017-04-15 12:00')
cdnow_instants=('1997-07-01 00:00' '1998-02-15 12:00' '1998-10-01 09:00')

# Loads a CSV file of the folder, gzipped or not, into a table.
load_csv() {
  zcat -f "$data/$2" | sql -d "$dataset" -c "\\copy $1 FROM STDIN (FORMAT csv, HEADER)"
}

# Makes the database of a data set, with tables for its files.
prepare() {
  sql -d postgres -c "CREATE DATABASE $dataset TEMPLATE template0"
  sql -d "$dataset" -v key_type="$1" -v zone="$2" -f "$here/model.sql"
  case $dataset in
    retail)
      sql -d retail -c 'CREATE SCHEMA csv' \
        -c 'CREATE TABLE csv.retail (invoice_no text, customer_id text, invoice_ts timestamp, status text, n_lines int,
                                     amount numeric, country text)' \
        -c 'CREATE TABLE csv.call_log (row_id int, call_id text, client_id text, complaint_id text, priority text,
                                       service text, call_ts timestamp, outcome text, talk_seconds int, agent text)'
      load_csv csv.retail dev_online_retail10_orders.csv
      load_csv csv.call_log crm_calls_complaints.csv
      ;;
    cdnow)
      sql -d cdnow -c 'CREATE SCHEMA csv' \
        -c 'CREATE TABLE csv.cdnow (order_id int, customer_id int, order_date date, items int, amount numeric)'
      load_csv csv.cdnow cdnow_master_orders.csv.gz
      ;;
  esac
  sql -d "$dataset" -f "$here/${dataset}_prepare.sql"
}

# Lets the rows up to each instant arrive, sweeps, classifies and compares.
replay() {
  local previous=-infinity first=1 clock
  for clock in "$@"; do
    sql -d "$dataset" -v first="$first" -v previous="$previous" -v clock="$clock" -f "$here/${dataset}_arrive.sql"
    sql -d "$dataset" -o /dev/null -c "SET timezone = '$zone'" -c "SET winback.as_of = '$clock'" \
      -c 'SELECT winback.sweep()' -c 'SELECT winback.classify()'
    sql -d "$dataset" -v clock="$clock" -f "$here/compute.sql" -f "$here/tasks.sql"
    sql -d "$dataset" -c "SET timezone = '$zone'" -v clock="$clock" -f "$here/compare.sql"
    sql -d "$dataset" -At -c "SET timezone = '$zone'" -c "
      SELECT format('%-6s  %s  %6s clients  %s passed, %s failed', '$dataset', '$clock', max(compared),
                    count(*) FILTER (WHERE differing = 0), count(*) FILTER (WHERE differing > 0))
        FROM figures.result WHERE instant = '$clock'"
    previous=$clock first=0
  done
}

trap 'stop_server "$place"' EXIT
make_place figures-server
stage_build
start_server </dev/null

passed=0 failed=0
for dataset in retail cdnow; do
  case $dataset in
    retail) zone=Europe/London key=text instants=("${retail_instants[@]}") ;;
    cdnow) zone=America/New_York key=int instants=("${cdnow_instants[@]}") ;;
  esac
  prepare "$key" "$zone"
  replay "${instants[@]}"
  read -r p f < <(sql -d "$dataset" -At -F ' ' -c 'SELECT count(*) FILTER (WHERE differing = 0),
                                                          count(*) FILTER (WHERE differing > 0) FROM figures.result')
  passed=$((passed + p)) failed=$((failed + f))
done

# A server that complained on the way is a failure too, whatever the figures.
if grep -E ' (WARNING|ERROR|FATAL|PANIC): ' "$place/server.log"; then
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi

[ "$failed" != 0 ] || clear_place figures-server
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
