// The worker: does what is due in one database, in batches that are transactions of their own, and goes.
//
//   finds or meets                    what it does
//   --------------------------------  ----------------------------------------------------------------------------
//   no extension                      goes; comes again when CREATE EXTENSION is told
//   extension without a ledger, or    goes; comes again when a commit is told, or in ten minutes
//     with one that is being restored
//   extension being dropped           goes; comes again a naptime later
//   extension dropped under it        whatever failed through that is no error: goes
//   work, more than a batch           next batch
//   clients that others hold          left out; comes again a naptime later
//   clients that fail                 left out; comes again after a pause that grows from time to time
//   fewer than half could be had      the next batch is twice as large: who cannot be had keeps nobody else waiting
//   classes older than a day          classify(), and then refit(), in a transaction of its own
//   watched tables that are detached  a WARNING in the log: once, and again when they are others
//     or have lost triggers
//   error                             kept for winback.worker_status and logged; comes again after a growing pause
//   SIGTERM                           gives up the batch at hand: a command needs the database, or the server stops
//
// DROP EXTENSION cannot deadlock with a batch: it locks the extension before anything else, and so does each batch,
// without waiting. So either the batch is first, and the command waits for its end; or the command is, and the worker
// goes.
//
// The worker connects as the bootstrap superuser, for it must get in anywhere; it works as the owner of the ledger, in
// a security-restricted operation: triggers and index expressions that this owner may have put on its tables, and
// whatever may stand behind the names of its schema, run with the owner's own rights. An owner who is no superuser
// needs grant_admin.
#include <algorithm>

#include "clock/launcher.hpp"
#include "clock/now.hpp"
#include "clock/shared.hpp"
#include "ledger/whole.hpp"
#include "pg/entry.hpp"
#include "pg/failure.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "common/hashfn.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/lock.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/inval.h"
#include "utils/syscache.h"

PGDLLEXPORT __attribute__((visibility("default"))) void winback_worker_main(Datum);
}

namespace winback::clock {

namespace {

constexpr TimestampTz kLookEvery = 10 * SECS_PER_MINUTE * USECS_PER_SEC;
constexpr TimestampTz kClassifyEvery = SECS_PER_DAY * USECS_PER_SEC;

constexpr const char* kSweepBatch =
    "SELECT clients, status_changes, tasks_opened, tasks_cancelled, stale_settled, skipped, more, next_due_at, failed,"
    " tasks_dealt, processes_woken FROM winback._sweep_batch(%d)";
constexpr int kBatch = 1000;
constexpr int kLargestBatch = 1 << 29;
constexpr const char* kUnheard =
    "SELECT pg_catalog.string_agg(pg_catalog.format('%s (%s)', name, state), ', ' ORDER BY source_id)"
    " FROM winback.source_status WHERE state OPERATOR(pg_catalog.<>) 'attached'";
constexpr const char* kClassify = "SELECT count(*) FROM winback.classify()";
constexpr const char* kRefit = "SELECT fit_id, value_fit_id FROM winback.refit()";

// What the worker sees in the database.
enum class Found { nothing, busy, extension, ledger };

// What a run has come to; plain data, for errors jump over it.
struct Run {
  Found found = Found::nothing;
  bool again = false;   // clients were left out that others hold
  int64 failed = 0;     // or that cannot be settled: of the last batch
  int64 changes = 0;
  TimestampTz due_at = DT_NOEND;
};

// One row of winback._sweep_batch.
struct Batch {
  int64 done = 0;     // clients looked at, processes that have gone on
  int64 changes = 0;  // rows written for them
  int64 skipped = 0;  // clients left out
  int64 failed = 0;   // of these: not because others hold them
  bool more = false;
  TimestampTz due_at = DT_NOEND;
};

Database* mine = nullptr;  // this worker's entry
bool settled = false;      // the run came to an end of its own

// On leaving shared memory: the database is free for the next worker.
void leave(int, Datum) {
  const Locked locked(LW_EXCLUSIVE);
  mine->worker_pid = 0;
  mine->last_end = GetCurrentTimestamp();
  if (!settled) {
    mine->look_at = DT_NOBEGIN;
    // Perhaps there is no such database any more.
    shared->list_again = true;
    // To be stopped by a command that needs the database is no failure.
    if (mine->holds == 0) {
      mine->failures++;
      if (mine->last_error[0] == '\0')
        strlcpy(mine->last_error, "stopped before it was done", sizeof(mine->last_error));
    }
  }
  wake_launcher();
}

// Makes this process the database's worker and takes what was told; false if one is there, or is held off.
bool claim(Oid database, bool* classify) {
  const Locked locked(LW_EXCLUSIVE);
  mine = find(database);
  if (!mine || mine->worker_pid != 0) return false;
  mine->starting_at = 0;
  if (mine->holds > 0) return false;
  mine->worker_pid = MyProcPid;
  mine->last_start = GetCurrentTimestamp();
  mine->last_error[0] = '\0';
  mine->due_at = DT_NOEND;
  mine->look_at = DT_NOEND;
  mine->stale = false;
  *classify = mine->classify_at <= mine->last_start;
  return true;
}

// Writes down what a healthy run found.
void settle(const Run& run) {
  const TimestampTz now = GetCurrentTimestamp();
  const Locked locked(LW_EXCLUSIVE);
  settled = true;
  mine->failures = 0;
  mine->last_changes = run.changes;
  mine->due_at = std::min(mine->due_at, run.due_at);
  mine->stale |= run.again;
  mine->retries = run.failed > 0 ? mine->retries + 1 : 0;
  if (run.failed > 0) {
    mine->look_at = std::min(mine->look_at, now + pause_after(mine->retries));
    pg_snprintf(mine->last_error, sizeof mine->last_error,
                "could not settle " INT64_FORMAT " of the clients: see the warning in the server's log", run.failed);
  }
  if (run.found == Found::busy) {
    mine->look_at = DT_NOBEGIN;
    return;
  }
  mine->ledger = run.found == Found::ledger ? Ledger::kept : Ledger::none;
  if (run.found != Found::nothing) mine->look_at = std::min(mine->look_at, now + kLookEvery);
}

// Writes down that the classes are drawn. A fit takes longer and may fail: it is not tried again before the next day.
void settle_classes() {
  const Locked locked(LW_EXCLUSIVE);
  mine->classify_at = GetCurrentTimestamp() + kClassifyEvery;
}

// Keeps the reason for winback.worker_status.
void keep_error(const char* message) {
  const Locked locked(LW_EXCLUSIVE);
  strlcpy(mine->last_error, message, sizeof(mine->last_error));
}

// Looks for the extension and its ledger, and keeps the extension from being dropped until the transaction ends.
Found find_ledger() {
  const Oid extension = get_extension_oid("winback", true);
  if (!OidIsValid(extension)) return Found::nothing;
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, ExtensionRelationId, extension, 0);
  if (LockAcquire(&tag, AccessShareLock, false, true) == LOCKACQUIRE_NOT_AVAIL) return Found::busy;
  AcceptInvalidationMessages();
  if (get_extension_oid("winback", true) != extension) return Found::nothing;
  return ledger::is_whole() ? Found::ledger : Found::extension;
}

// As whom the process acts. Plain data, for errors jump over it; the end of a failed transaction puts it back.
struct Identity {
  Oid role;
  int security;
};

// Goes on as somebody else.
void become(Identity identity) { SetUserIdAndSecContext(identity.role, identity.security); }

// Goes on as the owner of the ledger; returns as whom before.
Identity become_owner() {
  Identity before;
  GetUserIdAndSecContext(&before.role, &before.security);
  HeapTuple client = SearchSysCache2(RELNAMENSP, CStringGetDatum("client"),
                                     ObjectIdGetDatum(get_namespace_oid("winback", false)));
  if (!HeapTupleIsValid(client)) elog(ERROR, "winback worker: the ledger is gone");
  const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(client))->relowner;
  ReleaseSysCache(client);
  become({owner, before.security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION});
  return before;
}

// Runs a query that yields one row, in a transaction of its own, and has `read` take the row; if there is a ledger.
template <class Read>
Found run_query(const char* query, Read read) {
  CHECK_FOR_INTERRUPTS();
  if (ConfigReloadPending) {
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  }
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
  const Found found = find_ledger();
  if (found == Found::ledger) {
    PushActiveSnapshot(GetTransactionSnapshot());
    debug_query_string = query;
    pgstat_report_activity(STATE_RUNNING, query);
    const Identity before = become_owner();
    SPI_connect();
    if (SPI_execute(query, false, 0) != SPI_OK_SELECT || SPI_processed != 1)
      elog(ERROR, "winback worker: \"%s\" did not return one row", query);
    read(SPI_tuptable->vals[0], SPI_tuptable->tupdesc);
    SPI_finish();
    become(before);
    PopActiveSnapshot();
  }
  CommitTransactionCommand();
  debug_query_string = nullptr;
  pgstat_report_stat(true);
  pgstat_report_activity(STATE_IDLE, nullptr);
  return found;
}

// An integer column of a row; null counts as 0.
int64 number(HeapTuple row, TupleDesc columns, int column) {
  bool null = false;
  const Datum value = SPI_getbinval(row, columns, column, &null);
  return null ? 0 : DatumGetInt32(value);
}

// Does one batch of what is due or stale: of at most so many clients of either.
Found sweep_batch(int most, Batch* batch) {
  static char query[256];  // an error is reported with it after this function has been left
  pg_snprintf(query, sizeof query, kSweepBatch, most);
  return run_query(query, [batch](HeapTuple row, TupleDesc columns) {
    bool null = false;
    const int64 settled_clients = number(row, columns, 5);
    const int64 woken = number(row, columns, 11);
    batch->done = number(row, columns, 1) + settled_clients + woken;
    batch->changes = number(row, columns, 2) + number(row, columns, 3) + number(row, columns, 4) + settled_clients +
                     number(row, columns, 10) + woken;
    batch->skipped = number(row, columns, 6);
    batch->failed = number(row, columns, 9);
    const Datum more = SPI_getbinval(row, columns, 7, &null);
    batch->more = !null && DatumGetBool(more);
    const Datum due_at = SPI_getbinval(row, columns, 8, &null);
    batch->due_at = null ? DT_NOEND : DatumGetTimestampTz(due_at);
  });
}

// Whether the log is to be told of these tables: not of the same ones twice.
bool are_news(const char* tables) {
  const uint32 hash = tables ? std::max<uint32>(1, hash_bytes(reinterpret_cast<const unsigned char*>(tables),
                                                              static_cast<int>(strlen(tables))))
                             : 0;
  const Locked locked(LW_EXCLUSIVE);
  const bool news = tables && mine->unheard != hash;
  mine->unheard = hash;
  return news;
}

// Tells the log of watched tables whose changes go unheard.
Found tell_unheard() {
  return run_query(kUnheard, [](HeapTuple row, TupleDesc columns) {
    const char* tables = SPI_getvalue(row, columns, 1);
    if (are_news(tables))
      ereport(WARNING, (errmsg("winback does not hear of every change in database \"%s\"",
                               get_database_name(MyDatabaseId)),
                        errdetail("These watched tables are not attached: %s.", tables),
                        errhint("See winback.source_status; winback.reattach() mends it.")));
  });
}

// Everything there is to do; plain C, for errors jump out of it.
void do_run(Run* run, bool classify) {
  for (int most = kBatch;;) {
    Batch batch;
    run->found = sweep_batch(most, &batch);
    if (run->found != Found::ledger) return;
    run->changes += batch.changes;
    run->again |= batch.skipped > batch.failed;
    run->failed = batch.failed;
    run->due_at = batch.due_at;
    if (!batch.more || (batch.done == 0 && batch.skipped == 0)) break;
    if (batch.done < batch.skipped && most < kLargestBatch) most *= 2;
  }
  run->found = tell_unheard();
  if (!classify || run->found != Found::ledger) return;
  const auto ignore = [](HeapTuple, TupleDesc) {};
  run->found = run_query(kClassify, ignore);
  if (run->found != Found::ledger) return;
  settle_classes();
  run->found = run_query(kRefit, ignore);
}

// The settings of the session that matter, against what database and role may say.
void settle_session() {
  live_in_the_present();
  SetConfigOption("application_name", kWorker, PGC_SUSET, PGC_S_OVERRIDE);
  SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_OVERRIDE);
  SetConfigOption("default_transaction_isolation", "read committed", PGC_SUSET, PGC_S_OVERRIDE);
  SetConfigOption("default_transaction_read_only", "off", PGC_SUSET, PGC_S_OVERRIDE);
}

// True if extension and ledger are still there; after an error, in a transaction of its own.
bool ledger_stands() {
  StartTransactionCommand();
  const bool stands = find_ledger() == Found::ledger;
  CommitTransactionCommand();
  return stands;
}

// The life of a worker.
void work(Oid database) {
  pqsignal(SIGHUP, SignalHandlerForConfigReload);
  pqsignal(SIGTERM, die);
  bool classify = false;
  if (!claim(database, &classify)) return;
  // Registered before the connection, this comes after the server has forgotten it: an entry without a worker means
  // that nothing is connected.
  on_shmem_exit(leave, 0);
  BackgroundWorkerUnblockSignals();
  BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
  settle_session();

  // A caught error is kept in the context that is current here, which must outlive the transaction.
  MemoryContextSwitchTo(TopMemoryContext);
  Run run;
  pg::Failure failure;
  bool failed = false;
  try {
    pg::call([&run, classify] { do_run(&run, classify); });
  } catch (...) {
    failure = pg::describe_current_exception();
    failed = true;
  }
  if (failed) {
    AbortCurrentTransaction();
    if (ledger_stands()) {
      keep_error(failure.message);
      pg::raise(failure);
    }
    run.found = Found::busy;
  }
  settle(run);
}

}  // namespace

}  // namespace winback::clock

// The worker's entry.
void winback_worker_main(Datum argument) {
  const Oid database = DatumGetObjectId(argument);
  winback::pg::enter_with([database] { winback::clock::work(database); });
}
