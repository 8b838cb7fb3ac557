// The functions by which SQL asks the ledger to be brought up to date.
#include "capture/frozen.hpp"
#include "capture/rejected.hpp"
#include "clock/now.hpp"
#include "ledger/wake.hpp"
#include "pg/entry.hpp"
#include "pg/identity.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"
#include "work/commit.hpp"
#include "work/pass.hpp"
#include "work/sweep.hpp"

extern "C" {
#include "tcop/utility.h"
}

using namespace winback;

namespace {

// Refuses what writes where nothing may be written: in a read-only transaction, which on a standby every one is. The
// server itself looks only at what passes its executor.
void must_be_able_to_write(const char* function) {
  pg::call([&] { PreventCommandIfReadOnly(function); });
}

// The note of a client that is given as text and whose tasks are to be looked at.
capture::TaskNote& note_of(FunctionCallInfo fcinfo, int number) {
  must_be_able_to_write("winback._note_client()");
  const std::string client = pg::text_argument(fcinfo, number);
  capture::Notes& notes = capture::notes();
  capture::TaskNote& note = notes.tasks(notes.setup().key.from_text(client.c_str()));
  note.tasks = true;
  return note;
}

// Puts the numbers of a sweep into a row, in the order of its declaration.
void put_counts(pg::Values& row, const work::SweepResult& result) {
  const int counts[] = {result.clients,         result.status_changes, result.tasks_opened,
                        result.tasks_cancelled, result.stale_settled,  result.skipped,
                        result.tasks_dealt};
  for (int i = 0; i < 7; ++i) row.set(i, Int32GetDatum(counts[i]));
}

}  // namespace

// fold(): what this transaction has written so far takes effect now.
WINBACK_FUNCTION(winback_fold) {
  work::apply_notes();
  PG_RETURN_VOID();
}

// sweep(at): does the work of the clock.
WINBACK_FUNCTION(winback_sweep) {
  must_be_able_to_write("winback.sweep()");
  const core::Instant at = PG_ARGISNULL(0) ? clock::now() : PG_GETARG_TIMESTAMPTZ(0);
  if (TIMESTAMP_NOT_FINITE(at))
    throw pg::Error(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
                    std::string("argument \"at\" must be finite, but is \"") + (at == DT_NOBEGIN ? "-" : "") +
                        "infinity\"",
                    {},
                    "Leave it out to sweep at winback.now().");
  const pg::ResultRows rows(fcinfo);
  const work::SweepResult result = work::sweep(at);
  pg::Values row = rows.row();
  put_counts(row, result);
  rows.put(row);
  PG_RETURN_NULL();
}

// _sweep_batch(most): the same for at most so many clients, for the worker.
WINBACK_FUNCTION(winback_sweep_batch) {
  must_be_able_to_write("winback.sweep()");
  const pg::ResultRows rows(fcinfo);
  const work::SweepResult result = work::sweep(clock::now(), PG_GETARG_INT32(0));
  pg::Values row = rows.row();
  put_counts(row, result);
  row.set(7, BoolGetDatum(result.more));
  row.set(9, Int32GetDatum(result.failed));
  row.set(10, Int32GetDatum(result.woken));
  if (result.next_due_at) row.set(8, TimestampTzGetDatum(*result.next_due_at));
  rows.put(row);
  PG_RETURN_NULL();
}

// _compute_everybody(work): computes everybody afresh, looks at the evidence of all tasks (what happened to it while
// clients were left stale, or a trigger was off, nobody knows), and lists the rows that cannot be facts.
WINBACK_FUNCTION(winback_compute_everybody) {
  must_be_able_to_write("winback.rebuild()");
  work::hand_over_notes();
  // Waits for commits that are under way and keeps later ones out: these leave their clients stale.
  ledger::Patience patience = ledger::Patience::endless();
  const auto setup = work::lock_ledger(true, patience);
  pg::Progress progress(pg::work_of(pg::text_argument(fcinfo, 0)), setup->tables.client, true);
  // Marks are read before the facts: who leaves one later has facts that the pass may not see.
  const auto stale = ledger::stale_marks(*setup);
  Snapshot snapshot = pg::call([] {
    CommandCounterIncrement();
    return RegisterSnapshot(GetLatestSnapshot());
  });
  capture::RejectedReview review(*setup, snapshot);
  work::Settler settler(setup, clock::now(), work::Occasion::bulk, patience);
  settler.facts().fix(snapshot);
  std::int64_t rejected = 0;  // that nobody has been told of
  settler.facts().on_rejected([&](const capture::Source& source, Datum row, const std::string& reason) {
    rejected += review.found(source.relation, row, reason);
  });
  const std::int64_t clients = work::rebuild(settler, progress, true);
  review.finish();
  pg::call([&] { UnregisterSnapshot(snapshot); });
  std::vector<ItemPointerData> settled;
  for (const ledger::StaleMark& mark : stale)
    if (!mark.whose.client || capture::frozen_because(*setup, *mark.whose.client).empty())
      settled.push_back(mark.place);
  ledger::remove_stale(*setup, settled);
  if (rejected > 0)
    pg::call([&] {
      ereport(WARNING, (errcode(ERRCODE_DATA_EXCEPTION),
                        errmsg_plural("%lld row of the watched tables cannot be a fact and was left out",
                                      "%lld rows of the watched tables cannot be facts and were left out", rejected,
                                      static_cast<long long>(rejected)),
                        errhint("See winback.rejected.")));
    });
  return Int64GetDatum(clients);
}

// _note_client(client text): the client is looked at again at commit.
WINBACK_FUNCTION(winback_note_client) {
  note_of(fcinfo, 0);
  PG_RETURN_VOID();
}

// _note_task(client text, call_source regclass, call_id text): likewise, with the call that closed a task.
WINBACK_FUNCTION(winback_note_task) {
  capture::TaskNote& note = note_of(fcinfo, 0);
  if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2)) note.evidence.push_back({PG_GETARG_OID(1), pg::text_argument(fcinfo, 2)});
  PG_RETURN_VOID();
}

// _wake_at(at timestamptz): from the commit on, the worker knows that a sweep is due then.
WINBACK_FUNCTION(winback_wake_at) {
  ledger::note_due(PG_GETARG_TIMESTAMPTZ(0));
  PG_RETURN_VOID();
}

// _read_settings_again(): every session reads the settings anew once this transaction commits.
WINBACK_FUNCTION(winback_read_settings_again) {
  capture::announce_changed_setup();
  PG_RETURN_VOID();
}

// _redate_at_commit(evidence, newer_rules): everybody is computed afresh at commit, by the settings as they are then;
// `evidence`: with the calls by which tasks were done; `newer_rules`: null, or all that has changed is that the rules
// have a version from then on.
WINBACK_FUNCTION(winback_redate_at_commit) {
  capture::announce_changed_setup();
  if (capture::setup()) {
    if (PG_ARGISNULL(1))
      capture::notes().everything();
    else
      capture::notes().newer_rules(PG_GETARG_TIMESTAMPTZ(1));
    if (PG_GETARG_BOOL(0)) capture::notes().all_evidence();
  }
  PG_RETURN_VOID();
}
