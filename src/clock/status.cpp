// What the clock's room knows of the databases, as rows: winback._worker_status().
//
//   state          means
//   -------------  ------------------------------------------------------------------
//   not preloaded  no launcher, no worker: call winback.sweep() regularly
//   not listed     the launcher has not seen this database yet, or has no room for it
//   unknown        not looked at yet
//   no ledger      looked at: the extension or its ledger is not there
//   waiting        until next_due_at
//   due            the next worker is about to start
//   starting       a worker was asked for
//   running        a worker is at work
//   held           a command needs the database to itself
//   failed         the last run failed with last_error; it is tried again
#include "clock/shared.hpp"
#include "pg/entry.hpp"

extern "C" {
#include "commands/dbcommands.h"
}

namespace winback::clock {

namespace {

constexpr int kColumns = 9;

// The state of an entry in a word.
const char* state_of(const Database& database, TimestampTz now) {
  if (database.worker_pid != 0) return "running";
  if (database.starting_at != 0) return "starting";
  if (database.holds > 0) return "held";
  if (database.failures > 0) return "failed";
  if (!database.listed) return "not listed";
  if (database.ledger == Ledger::unknown) return "unknown";
  if (database.stale || database.due_at <= now) return "due";
  return database.ledger == Ledger::none ? "no ledger" : "waiting";
}

// Sets one column of a row; null if there is nothing to say.
void put(Datum* values, bool* nulls, int column, bool known, Datum value) {
  values[column] = known ? value : Datum{0};
  nulls[column] = !known;
}

// Adds the row of one database.
void put_database(ReturnSetInfo* result, pid_t launcher, const Database& database, const char* state) {
  Datum values[kColumns];
  bool nulls[kColumns];
  const char* name = get_database_name(database.oid);
  put(values, nulls, 0, launcher != 0, Int32GetDatum(launcher));
  put(values, nulls, 1, name != nullptr, name ? DirectFunctionCall1(namein, CStringGetDatum(name)) : Datum{0});
  put(values, nulls, 2, !TIMESTAMP_NOT_FINITE(database.due_at), TimestampTzGetDatum(database.due_at));
  put(values, nulls, 3, database.worker_pid != 0, Int32GetDatum(database.worker_pid));
  put(values, nulls, 4, database.last_start != 0, TimestampTzGetDatum(database.last_start));
  put(values, nulls, 5, database.last_end != 0, TimestampTzGetDatum(database.last_end));
  put(values, nulls, 6, database.last_end != 0, Int64GetDatum(database.last_changes));
  put(values, nulls, 7, database.last_error[0] != '\0', CStringGetTextDatum(database.last_error));
  put(values, nulls, 8, true, CStringGetTextDatum(state));
  tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

// Copies shared memory, so that the rows are made without the lock.
Shared* copy_shared() {
  auto* copy = static_cast<Shared*>(palloc(sizeof(Shared)));
  const Locked locked(LW_SHARED);
  *copy = *shared;
  return copy;
}

// Every row of the function.
void put_all(ReturnSetInfo* result) {
  Database here = {};
  here.oid = MyDatabaseId;
  here.due_at = DT_NOEND;
  if (!shared) {
    put_database(result, 0, here, "not preloaded");
    return;
  }
  const TimestampTz now = GetCurrentTimestamp();
  const Shared* copy = copy_shared();
  bool seen = false;
  for (int i = 0; i < copy->used; i++) {
    const Database& database = copy->databases[i];
    if (!OidIsValid(database.oid)) continue;
    seen |= database.oid == MyDatabaseId;
    put_database(result, copy->launcher_pid, database, state_of(database, now));
  }
  if (!seen) put_database(result, copy->launcher_pid, here, "not listed");
}

}  // namespace

}  // namespace winback::clock

// winback._worker_status()
WINBACK_FUNCTION(winback_worker_status) {
  InitMaterializedSRF(fcinfo, 0);
  winback::clock::put_all(reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo));
  return Datum{0};
}
