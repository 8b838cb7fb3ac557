#!/usr/bin/env bash
# pg_regress's launcher: runs a test's psql in a database of its own, named after the test, so that tests can run at the
# same time (there is one ledger a database) and one that fails midway spoils no other. Dates and intervals are shown as
# everybody has them, not in the styles that pg_regress sets.
set -eu
export PGTZ=UTC PGDATESTYLE=ISO PGOPTIONS='-c intervalstyle=postgres'
database=regress_${PGAPPNAME#pg_regress/}
psql=$1
"$psql" -X -q -d postgres -c "CREATE DATABASE \"$database\" TEMPLATE template0"

arguments=()
for argument in "$@"; do
  if [ "${arguments[*]: -1}" = -d ]; then argument=$database; fi
  arguments+=("$argument")
done
exec "${arguments[@]}"
