#!/usr/bin/env bash
# Runs tests: check.sh unit regress recipes isolation model tap report, or any of them. Every part runs, whatever became
# of those before it; the summary stands at the end, and the exit code is 0 only if all of them passed.
#
#   unit        the core without a server: cmake's build in build/core, ctest
#   regress     sql/*.sql by pg_regress, in the parallel groups of test/schedule, each in a database of its own
#   recipes     recipes/*.sql on tables as those systems have them, by test/recipes/sql/*.sql, likewise
#   isolation   test/isolation/specs/*.spec by pg_isolation_regress
#   model       a minute of random histories, by test/model/soak.py
#   tap         test/tap/*.pl by prove, which start servers of their own
#   report      reports of four databases, looked at in headless Chromium by test/report/check.mjs
set -euo pipefail
source "$(dirname "$0")/server.sh"

results=$top/build/check
pgxs_dir=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
mkdir -p "$results"

# The unit tests, with whatever of ctest needs no server.
unit() {
  cmake -S . -B build/core >"$results/cmake.log" 2>&1 || { cat "$results/cmake.log"; return 1; }
  cmake --build build/core -j "$(nproc)" >"$results/build.log" 2>&1 || { cat "$results/build.log"; return 1; }
  ctest --test-dir build/core --output-on-failure --no-tests=error
}

# Fails if a file in the folder $2 is not in the schedule $1, or the other way round.
check_schedule() {
  local scheduled present
  scheduled=$(sed -n 's/^test: *//p' "$1" | tr -s ' ' '\n' | sort)
  present=$(find "$2" -name '*.sql' -printf '%f\n' | sed 's/\.sql$//' | sort)
  if [ "$scheduled" != "$present" ]; then
    echo "$1 and $2 differ (< schedule, > $2):"
    diff <(echo "$scheduled") <(echo "$present") || true
    return 1
  fi
}

# Shows the head of the differences that a failed run left in a folder.
show_diffs() {
  [ -s "$1/regression.diffs" ] || return 0
  echo "--- $1/regression.diffs (its first 150 lines)"
  head -n 150 "$1/regression.diffs"
}

# Runs the tests of the folder $2 (with its sql/ and expected/) that the schedule $3 lists, as the part $1.
pg_regress() {
  check_schedule "$3" "$2/sql" || return 1
  mkdir -p "$results/$1"
  "$pgxs_dir/regress/pg_regress" --bindir="$bindir" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" \
    --dbname="winback_$1" --encoding=UTF8 --no-locale --inputdir="$2" --outputdir="$results/$1" \
    --launcher="$top/test/support/own_database.sh" --schedule="$3" ||
    { show_diffs "$results/$1"; return 1; }
}

regress() {
  pg_regress regress . test/schedule
}

# Each recipe has a test of its name; suggest_watches() is tried on the same tables.
recipes() {
  local recipe
  for recipe in recipes/*.sql; do
    [ -e "test/recipes/sql/$(basename "$recipe")" ] || { echo "$recipe has no test"; return 1; }
  done
  pg_regress recipes test/recipes test/recipes/schedule
}

isolation() {
  local specs
  mapfile -t specs < <(find test/isolation/specs -name '*.spec' -printf '%f\n' | sed 's/\.spec$//' | sort)
  [ ${#specs[@]} -gt 0 ] || { echo "there is no test in test/isolation/specs"; return 1; }
  mkdir -p "$results/isolation"
  "$pgxs_dir/isolation/pg_isolation_regress" --bindir="$bindir" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" \
    --dbname=winback_isolation --encoding=UTF8 --no-locale --inputdir=test/isolation \
    --outputdir="$results/isolation" "${specs[@]}" || { show_diffs "$results/isolation"; return 1; }
}

# Random histories, for a minute; on a difference the statements are kept.
model() {
  rm -rf "$results/model"
  mkdir -p "$results/model"
  PATH=$bindir:$PATH "$python" test/model/soak.py --minutes 1 --log "$results/model"
}

# The TAP tests run as the server's user, from a copy that this user can read. Clusters that they make take
# winback.conf over TEMP_CONFIG, so that they find the staged build and preload it.
tap() {
  mkdir -p "$place/tap"
  cp -r test/tap "$place/tap/t"
  cp -r recipes "$place/tap"
  { cat "$place/winback.conf"; echo "shared_preload_libraries = 'winback'"; } >"$place/tap/temp.conf"
  chmod -R go+rX "$place/tap"
  give "$place/tap"
  as_server_user env HOME="$place/tap" PATH="$bindir:$PATH" TEMP_CONFIG="$place/tap/temp.conf" \
    TESTDATADIR="$place/tap/data" TESTLOGDIR="$place/tap/log" PG_REGRESS="$pgxs_dir/regress/pg_regress" \
    bash -c 'cd "$1/t" && exec prove -I "$2" -I . --failures --comments *.pl' prove "$place/tap" "$pgxs_dir/perl" ||
    { echo "the servers' logs are in $place/tap/log"; return 1; }
}

# Pages that `make report` writes, as a browser shows them.
report() {
  test/report/check.sh
}

# One line that says how a part went: its own last words.
summary_of() {
  case $1 in
    unit) grep -E '^[0-9]+% tests passed' "$results/unit.out" ;;
    regress | recipes | isolation)
        grep -E '^ ?(All|[0-9]+ of) [0-9]+ tests? ' "$results/$1.out" | sed 's/^ *//; s/ *$//' ;;
    model) grep -E '^[0-9]+ lives, ' "$results/model.out" ;;
    tap) grep -E '^(Files=|Result:)' "$results/tap.out" | paste -sd' ' ;;
    report) grep -E '^[0-9]+ checks of ' "$results/report.out" ;;
  esac || echo 'did not run to its end'
}

# The server of all these tests but the TAP tests.
start_test_server() {
  make_place check-server
  stage_build
  start_server <test/support/check.conf
}

trap '[ -z "${place:-}" ] || stop_server "$place"' EXIT
case " $* " in
  *" regress "* | *" recipes "* | *" isolation "* | *" model "* | *" tap "* | *" report "*) start_test_server ;;
esac

failed=()
for part in "$@"; do
  printf '\n== %s\n' "$part"
  rm -f "$results/$part.out"
  ($part) 2>&1 | tee "$results/$part.out" || failed+=("$part")
done

printf '\n== summary\n'
for part in "$@"; do printf '%-10s %s\n' "$part" "$(summary_of "$part")"; done | tee "$results/summary"
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}"
  exit 1
fi
clear_place check-server
