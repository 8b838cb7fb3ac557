// The launcher: sleeps until some database's instant has come, then starts a worker there.
//
//   event                        what happens
//   ---------------------------  ---------------------------------------------------------------------------------
//   server starts, promotion     the launcher lists the databases; each is looked at once, a naptime later
//   hot standby, pg_upgrade      no launcher
//   crash of the server          the same as a start: shared memory is new, the ledgers know what is due
//   launcher dies alone          restarted after ten seconds; what is in shared memory still holds
//   database appears, copied     listed at once (utility.cpp), else within ten minutes; looked at
//   database vanishes            its entry is freed with the next listing
//   commit makes due or stale    the backend sets the latch, if it became earlier (commit.cpp)
//   the instant has come         a worker is started, a naptime after the last one started, or later after failures
//   worker never came            asked again after a minute
//   no free worker slot          logged once with a hint, tried again with a back-off
//   more databases than entries  logged once; those without an entry are left to winback.sweep()
//   data nobody told of          found by the look that every ledger gets each ten minutes: a restored dump, say
//
// It is connected to no database: it reads pg_database, which all share, and nothing else.
#include "clock/launcher.hpp"

#include <algorithm>

#include "clock/commit.hpp"
#include "clock/shared.hpp"
#include "clock/utility.hpp"
#include "module.hpp"
#include "pg/entry.hpp"

extern "C" {
#include "access/heapam.h"
#include "catalog/pg_database.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "utils/wait_event.h"

PGDLLEXPORT __attribute__((visibility("default"))) void winback_launcher_main(Datum);
}

namespace winback::clock {

namespace {

constexpr TimestampTz kListEvery = 10 * SECS_PER_MINUTE * USECS_PER_SEC;
constexpr TimestampTz kStartPatience = SECS_PER_MINUTE * USECS_PER_SEC;
constexpr int kRestartSeconds = 10;

// What the launcher keeps to itself.
struct Plan {
  TimestampTz list_at = DT_NOBEGIN;
  TimestampTz slots_at = DT_NOBEGIN;  // no worker slot was free: tried again then
  int refusals = 0;                   // in a row
};

// Workers at a time: a quarter of what the server allows for all extensions and parallel queries.
int most_workers() { return std::max(1, max_worker_processes / 4); }

// Fills in what launcher and worker have in common.
BackgroundWorker describe(const char* type, const char* function) {
  BackgroundWorker process;
  MemSet(&process, 0, sizeof(process));
  process.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  process.bgw_start_time = BgWorkerStart_RecoveryFinished;
  strlcpy(process.bgw_name, type, BGW_MAXLEN);
  strlcpy(process.bgw_type, type, BGW_MAXLEN);
  strlcpy(process.bgw_library_name, "winback", sizeof(process.bgw_library_name));
  strlcpy(process.bgw_function_name, function, sizeof(process.bgw_function_name));
  return process;
}

// Asks the postmaster for a worker in a database; false if it has no slot.
bool start_worker(Oid database) {
  BackgroundWorker worker = describe(kWorker, "winback_worker_main");
  pg_snprintf(worker.bgw_name, BGW_MAXLEN, "%s for database %u", kWorker, database);
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  worker.bgw_main_arg = ObjectIdGetDatum(database);
  worker.bgw_notify_pid = MyProcPid;
  return RegisterDynamicBackgroundWorker(&worker, nullptr);
}

// Brings the entries in line with the databases there are; says how many found no room.
int merge(const Oid* databases, int count) {
  const Locked locked(LW_EXCLUSIVE);
  int homeless = 0;
  for (int i = shared->used - 1; i >= 0; i--) {
    Database& entry = shared->databases[i];
    const bool exists = std::find(databases, databases + count, entry.oid) != databases + count;
    if (!OidIsValid(entry.oid) || exists) continue;
    entry.listed = false;
    if (entry.holds == 0 && entry.worker_pid == 0) forget(&entry);
  }
  for (int i = 0; i < count; i++) {
    if (Database* entry = find_or_add(databases[i]))
      entry->listed = true;
    else
      homeless++;
  }
  return homeless;
}

// Reads which databases may be connected to; templates are left alone.
void list_databases() {
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
  (void)GetTransactionSnapshot();
  Relation catalog = table_open(DatabaseRelationId, AccessShareLock);
  TableScanDesc scan = table_beginscan_catalog(catalog, 0, nullptr);
  int room = 64;
  int count = 0;
  auto* databases = static_cast<Oid*>(palloc(room * sizeof(Oid)));
  while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
    const auto* row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
    // A limit of -2 marks what an interrupted DROP DATABASE left.
    if (!row->datallowconn || row->datistemplate || row->datconnlimit == -2) continue;
    if (count == room) databases = static_cast<Oid*>(repalloc(databases, (room *= 2) * sizeof(Oid)));
    databases[count++] = row->oid;
  }
  table_endscan(scan);
  table_close(catalog, AccessShareLock);
  const int homeless = merge(databases, count);
  CommitTransactionCommand();
  if (homeless > 0 && !shared->full_reported)
    ereport(LOG, (errmsg("winback worker serves at most %d databases", kMostDatabases),
                  errdetail("%d databases are left out.", homeless), errhint("Call winback.sweep() there regularly.")));
  shared->full_reported = homeless > 0;
}

// True once if the databases are to be listed; somebody said so, or it is long ago.
bool take_listing(Plan* plan, TimestampTz now) {
  const Locked locked(LW_EXCLUSIVE);
  if (!shared->list_again && now < plan->list_at) return false;
  shared->list_again = false;
  plan->list_at = now + kListEvery;
  return true;
}

// The database that has waited longest for a worker, marked as being started; InvalidOid if none is to be started now.
// Sets the instant at which to ask again.
Oid take_ready(const Plan& plan, TimestampTz now, TimestampTz* ask_at) {
  const Locked locked(LW_EXCLUSIVE);
  Database* first = nullptr;
  int running = 0;
  *ask_at = DT_NOEND;
  for (int i = 0; i < shared->used; i++) {
    Database& entry = shared->databases[i];
    if (entry.starting_at != 0 && entry.starting_at + kStartPatience <= now) entry.starting_at = 0;
    if (entry.starting_at != 0) *ask_at = std::min(*ask_at, entry.starting_at + kStartPatience);
    if (entry.starting_at != 0 || entry.worker_pid != 0) running++;
    if (OidIsValid(entry.oid) && (!first || ready_at(entry) < ready_at(*first))) first = &entry;
  }
  // With all workers busy the end of one sets the latch.
  if (!first || running >= most_workers()) return InvalidOid;
  const TimestampTz ready = std::max(ready_at(*first), plan.slots_at);
  if (ready > now) {
    *ask_at = std::min(*ask_at, ready);
    return InvalidOid;
  }
  first->starting_at = now;
  return first->oid;
}

// No slot was free: says so once, and tries again later and later.
void postpone(Plan* plan, Oid database, TimestampTz now) {
  {
    const Locked locked(LW_EXCLUSIVE);
    if (Database* entry = find(database)) entry->starting_at = 0;
  }
  if (plan->refusals == 0)
    ereport(LOG, (errmsg("winback launcher found no free slot for a background worker"),
                  errdetail("Lost clients, tasks and stale rows wait until there is one."),
                  errhint("Consider increasing max_worker_processes.")));
  plan->slots_at = now + pause_after(plan->refusals++);
}

// Starts every worker whose time has come; the result is when the next one's comes.
TimestampTz start_workers(Plan* plan, TimestampTz now) {
  TimestampTz ask_at = DT_NOEND;
  while (true) {
    const Oid database = take_ready(*plan, now, &ask_at);
    if (!OidIsValid(database)) return ask_at;
    if (start_worker(database))
      plan->refusals = 0;
    else
      postpone(plan, database, now);
  }
}

// Tells the others where the launcher is to be woken; at its end, that there is none.
void announce(pid_t pid, Latch* latch) {
  const Locked locked(LW_EXCLUSIVE);
  shared->launcher_pid = pid;
  shared->launcher_latch = latch;
}

// On leaving shared memory.
void at_exit(int, Datum) { announce(0, nullptr); }

// The life of the launcher. An error ends it with the server's log entry, and it is started again.
void launch() {
  pqsignal(SIGHUP, SignalHandlerForConfigReload);
  pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
  BackgroundWorkerUnblockSignals();
  BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
  on_shmem_exit(at_exit, 0);
  announce(MyProcPid, MyLatch);

  Plan plan;
  while (true) {
    CHECK_FOR_INTERRUPTS();
    // Ending with 0 would mean never to be started again.
    if (ShutdownRequestPending) proc_exit(1);
    if (ConfigReloadPending) {
      ConfigReloadPending = false;
      ProcessConfigFile(PGC_SIGHUP);
    }
    if (take_listing(&plan, GetCurrentTimestamp())) list_databases();
    const TimestampTz now = GetCurrentTimestamp();
    const TimestampTz wake_at = std::min(start_workers(&plan, now), plan.list_at);
    const long pause = TimestampDifferenceMilliseconds(now, wake_at);
    (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, std::max(pause, 1L), PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
  }
}

}  // namespace

void start_launcher() {
  if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade) return;
  request_shared_memory();
  tell_at_commit();
  watch_commands();
  BackgroundWorker launcher = describe(kLauncher, "winback_launcher_main");
  launcher.bgw_restart_time = kRestartSeconds;
  RegisterBackgroundWorker(&launcher);
}

}  // namespace winback::clock

// The launcher's entry.
void winback_launcher_main(Datum) {
  winback::pg::enter_with([] { winback::clock::launch(); });
}
