// What the launcher, the workers and the backends know of each database, in shared memory: one entry a database.
//
//   who       when                                      changes in the entry
//   --------  ----------------------------------------  -----------------------------------------------------------
//   launcher  has listed the databases                  new ones: listed, look_at = at once; vanished ones: freed
//   backend   committed ledger changes                  due_at = the earlier one; stale
//   backend   CREATE, DROP EXTENSION, COMMIT PREPARED   look_at = at once
//   backend   CREATE, ALTER, DROP DATABASE              the databases are to be listed again
//   backend   begins DROP, RENAME, ... of it            holds + 1, its worker is asked to go
//   backend   ends that transaction, however            holds - 1
//   launcher  its time has come                         starting_at
//   worker    starts                                    worker_pid; due_at, stale and look_at are taken: reset
//   worker    has done all there was                    due_at = the earlier of told and read; look_at in ten minutes
//   worker    has left out clients that others hold     stale
//   worker    has left out clients that fail            look_at = after a pause, twice the one before, up to an hour
//   worker    finds no extension                        look_at = never, until somebody tells
//   worker    failed, or was stopped                    look_at = at once, but for the back-off
//
// Nothing told is lost: a worker takes what was told *before* its first snapshot, and a backend tells *after* its
// commit has become visible; so a commit that the worker cannot see is told after the taking, and stays in the entry.
#pragma once

#include "pg/shared_memory.hpp"

extern "C" {
#include "storage/latch.h"
}

namespace winback::clock {

inline constexpr int kMostDatabases = 1024;

enum class Ledger { unknown, none, kept };

struct Database {
  Oid oid;                  // InvalidOid: the entry is free
  bool listed;              // the launcher has seen it in pg_database: a worker may connect
  Ledger ledger;            // as the last worker found it
  bool stale;               // clients wait to be looked at again
  TimestampTz due_at;       // the ledger's next instant; DT_NOEND: none
  TimestampTz look_at;      // when to look whatever is known; DT_NOBEGIN: at once, DT_NOEND: never
  TimestampTz classify_at;  // when the ABC classes are next to be computed
  TimestampTz starting_at;  // a worker was asked for then and has not come yet; 0: none
  pid_t worker_pid;         // 0: none
  int holds;                // commands under way that need the database to themselves
  int failures;             // runs that failed since the last healthy one
  int retries;              // runs in a row that left a client out because it fails
  TimestampTz last_start;   // 0: never
  TimestampTz last_end;
  int64 last_changes;
  uint32 unheard;           // a hash of the watched tables that the log was last told are not followed; 0: none
  char last_error[256];
};

struct Shared {
  TimestampTz started_at;
  pid_t launcher_pid;
  Latch* launcher_latch;  // null: no launcher
  bool list_again;
  bool full_reported;
  int used;  // entries beyond are free
  Database databases[kMostDatabases];
};

// The room's shared memory; null unless the library was preloaded.
extern Shared* shared;

// Asks for it when the server starts.
void request_shared_memory();

// Holds the lock on it.
class Locked : public pg::Locked {
 public:
  explicit Locked(LWLockMode mode);
};

// The functions below are called with the lock held.

// The entry of a database; null if it has none.
Database* find(Oid oid);
// The same, made if need be; null if all entries are taken.
Database* find_or_add(Oid oid);
// Frees an entry.
void forget(Database* database);
// Has the launcher think again.
void wake_launcher();
// The pause that follows a run: winback.naptime, doubled by each failure in a row, up to an hour.
TimestampTz pause_after(int failures);
// When a worker is to be started there; DT_NOEND while there is one, or while a command holds it off.
TimestampTz ready_at(const Database& database);

}  // namespace winback::clock
