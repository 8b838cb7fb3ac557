// See commit.hpp.
//
// What is locked when. Until the application commits, nothing: the triggers only take notes. At commit
//
//   1. winback.client                             ROW EXCLUSIVE; a rebuild holds it SHARE ROW EXCLUSIVE.
//                                                 Not had: all clients stale.
//   2. the names noted: orders' ids, aliases      see named.hpp. Not had: whoever has that name stale.
//   3. each client's row, in ascending order      FOR NO KEY UPDATE. Not had: that client stale.
//      of the keys
//   4. under the client's row, if needed:         not had: that client stale
//      the watched tables, with partitions        ACCESS SHARE
//      winback.status_change, winback.task,       ROW EXCLUSIVE
//      winback.client_version
//      the client's tasks                         without waiting; index entries too (see pg/table.cpp)
//
// All that is waited for together takes no longer than winback.lock_wait, and all is held until the transaction ends,
// which is the next thing that happens. The waiting is done by asking again, not in the server's lock queues: so no
// cycle lasts, whatever the application itself has locked before (a task's row, a table, a prepared transaction's
// clients), and none is seen by the deadlock detection of a session of the application that happens to be part of one.
// Two sessions that change the same clients come in the same order.
//
// By which rules and policy: the setup is read anew once the ledger is locked. A change of the rules commits with the
// lock that a rebuild has, so whoever comes after it finds the new ones, and whoever came before it is computed afresh
// by it; where it cannot have that lock it leaves everybody stale.
//
// Why it is right is argued in settle.hpp: whoever commits a client's fact holds its row while doing so, and computes
// with a snapshot taken later, at every isolation level; direct writes through the table access method do not fail with
// "could not serialize access" where an UPDATE at REPEATABLE READ would. At SERIALIZABLE a failure that the server
// raises is passed on. PREPARE TRANSACTION applies likewise and keeps all locks until COMMIT PREPARED.
//
//   what happens                            what becomes of it
//   --------------------------------------  --------------------------------------------------------------------
//   all clients can be had                  applied, in a subtransaction; many that are to be computed afresh by
//                                           one pass over the watched tables (many.hpp)
//   one client fails                        the subtransaction is undone, then each client on its own; those that
//                                           fail again become stale; one WARNING
//   a hundred fail in a row                 what is wrong is not theirs alone (a full disk, say): the rest becomes
//                                           stale untried, for the application is waiting
//   the ledger, or its setup, is not had    all clients become stale
//   clients merged, or parted               the ledger is locked as for a pass, but only their rows are computed; if
//                                           that lock is not had: all clients become stale
//   policy changed, or TRUNCATE             everybody is computed in one pass, under SHARE ROW EXCLUSIVE
//   rules changed                           under the same lock everybody is dated anew, from the ledger alone where
//                                           that will do (redate.hpp)
//   a trigger could not take its note       everybody becomes stale; the trigger has said why in a WARNING
//   even winback.stale cannot be written    a WARNING; the commit goes on
#include "work/commit.hpp"

#include <algorithm>

#include "clock/now.hpp"
#include "module.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "work/many.hpp"
#include "work/named.hpp"
#include "work/pass.hpp"
#include "work/redate.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace winback::work {

namespace {

using capture::Note;
using capture::Notes;

// So many clients that fail one after the other are enough: the rest is left for later.
constexpr int kMostFailures = 100;

// What is to be applied.
struct Work {
  const Notes& notes;
  capture::Sum sum;
  core::Instant clock;
  ledger::Patience patience;
  std::shared_ptr<const capture::Setup> setup;  // once the ledger is locked
  std::string held_because;                     // why clients were left for later; empty: none was
};

}  // namespace

std::shared_ptr<const capture::Setup> lock_ledger(bool all, ledger::Patience& patience) {
  for (auto setup = capture::need_setup();;) {
    ledger::lock_soon(setup->tables.client, all ? ShareRowExclusiveLock : RowExclusiveLock, patience);
    // What was read before may be what the transaction that had the lock has just replaced: rules, policy, sources.
    // From here on it can only be replaced by one that leaves everybody stale.
    auto now = capture::need_setup();
    if (now == setup) return setup;
    setup = std::move(now);
  }
}

namespace {

// Locks the ledger; false where the one that the notes are of is gone, and they have no more to say.
bool lock_for(Work& work, bool all) {
  work.setup = lock_ledger(all || work.sum.rekeyed, work.patience);
  const capture::Setup& noted = work.notes.setup();
  if (work.setup->tables.client != noted.tables.client) return false;
  // Times without a zone were read in the zone of the policy of then.
  if (work.setup->calendar->time_zone() != noted.calendar->time_zone())
    work.sum.compute_afresh();
  return true;
}

// Applies the notes of all clients.
void apply_to_clients(Work& work) {
  if (!lock_for(work, false)) return;
  work.sum.follow(work.setup->merges);
  Settler settler(work.setup, work.clock, Occasion::commit, work.patience);
  if (are_many(*work.setup, work.sum.to_compute())) {
    settle_many(settler, work.sum);
  } else {
    const pg::OwnContext context("winback client", CurrentMemoryContext);
    work.sum.each([&](Datum client, const Note& note) {
      const pg::InContext in(context.get());
      settler.settle(client, note);
      context.reset();
      pg::check_interrupts();
    });
  }
  if (!settler.left_because().empty()) work.held_because = settler.left_because();
}

// Applies the notes of one client.
void apply_to_client(Work& work, Datum client, const Note& note) {
  if (!lock_for(work, false)) return;
  Settler settler(work.setup, work.clock, Occasion::commit, work.patience);
  settler.settle(client, note);
  if (!settler.left_because().empty()) work.held_because = settler.left_because();
}

// Computes everybody afresh, or dates everybody anew.
void apply_to_everybody(Work& work) {
  if (!lock_for(work, true)) return;
  Settler settler(work.setup, work.clock, Occasion::bulk, work.patience);
  pg::Progress progress(pg::Work::redate, work.setup->tables.client, false);
  if (can_redate(*work.setup, work.sum)) return redate(settler, progress);
  rebuild(settler, progress, work.sum.all_evidence || work.sum.has_evidence());
}

// Beyond this many names everybody is left for later instead.
constexpr std::size_t kMostNameMarks = 1000;

// Who is to be left for later, and why.
struct Mark {
  ledger::Whose whose;
  std::string reason;
};

// Leaves clients for later.
void leave_stale(const Work& work, const std::vector<Mark>& marks) {
  pg::Failure failure;
  const bool marked = pg::attempt(failure, [&] {
    for (const Mark& mark : marks) ledger::add_stale(work.notes.setup(), mark.whose, mark.reason, work.clock);
  });
  if (!marked) pg::call([&] { pg::warn("winback could not mark a client as stale", failure); });
}

// Says, once a commit, that clients were left for later because others hold what they need.
void warn_of_held(const std::string& why) {
  if (why.empty()) return;
  pg::call([&] {
    ereport(WARNING, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
                      errmsg("winback will recompute some clients later: %s", why.c_str()),
                      errhint("See winback.stale.")));
  });
}

// Adds the clients to the notes whose the noted names are. In a subtransaction of its own, which is kept: so the locks
// on the names outlast whatever fails later.
void add_named(Work& work) {
  const capture::NamedNotes& names = work.sum.names();
  if (names.empty()) return;
  pg::Failure failure;
  Named named;
  const bool done = pg::attempt(failure, [&] {
    if (lock_for(work, false)) named = look_up(work.setup, names, work.patience);
  });
  if (done) {
    work.sum.add_afresh(named.clients, false);
    work.sum.add_afresh(named.with_evidence, true);
  } else {
    named.not_had.clear();
    for (const auto& [name, note] : names) named.not_had.push_back(name);
  }
  if (named.not_had.empty()) return;
  const std::string why = done ? "another transaction holds what a row hangs on" : failure.message;
  std::vector<Mark> marks;
  if (named.not_had.size() > kMostNameMarks)
    marks.push_back({{}, why});
  else
    for (capture::Name& name : named.not_had) marks.push_back({{.name = std::move(name)}, why});
  leave_stale(work, marks);
  if (done || failure.sqlstate == ERRCODE_LOCK_NOT_AVAILABLE)
    work.held_because = why;
  else
    pg::call([&] { pg::warn("winback will recompute some clients later", failure); });
}

// Applies everything, in pieces where the whole fails.
void apply(Work& work) {
  pg::Failure failure;
  if (!work.sum.lost_track_because.empty()) leave_stale(work, {{{}, work.sum.lost_track_because}});
  if (work.sum.everything || work.sum.newer_rules) {
    if (pg::attempt(failure, [&] { apply_to_everybody(work); })) return;
    pg::call([&] { pg::warn("winback will recompute all clients later", failure); });
    return leave_stale(work, {{{}, failure.message}});
  }
  add_named(work);
  if (work.sum.empty()) return warn_of_held(work.held_because);
  if (pg::attempt(failure, [&] { apply_to_clients(work); })) return warn_of_held(work.held_because);
  const bool held = failure.sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
  if (!held) pg::call([&] { pg::warn("winback will recompute some clients later", failure); });
  // The lock is kept from here on, so that nobody else is merged while the clients are gone through.
  const bool locked = pg::attempt(failure, [&] {
    if (lock_for(work, false)) work.sum.follow(work.setup->merges);
  });
  if (!locked) work.setup.reset();
  if (!locked && work.sum.rekeyed) {
    leave_stale(work, {{{}, failure.message}});
    return warn_of_held(failure.message);
  }
  std::vector<Mark> marks;
  int in_a_row = 0;
  work.sum.each([&](Datum client, const Note& note) {
    // Where the ledger as a whole could not be had there is no sense in trying again.
    const bool sense = work.setup && in_a_row < kMostFailures;
    if (sense && pg::attempt(failure, [&] { apply_to_client(work, client, note); })) {
      in_a_row = 0;
    } else {
      ++in_a_row;
      marks.push_back({{.client = client}, failure.message});
    }
  });
  leave_stale(work, marks);
  if (!marks.empty()) work.held_because = marks.back().reason;
  if (held) warn_of_held(work.held_because);
}

// The end of a transaction.
void at_transaction_end(XactEvent event, void*) {
  if (!capture::notes_taken() && capture::notes_missed().empty()) return;
  switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE:
      pg::enter_with([] { apply_notes(); });
      break;
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
      capture::drop_notes();
      break;
    default:
      break;
  }
}

// The end of a savepoint.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  Notes* notes = capture::notes_taken();
  if (!notes) return;
  const int level = GetCurrentTransactionNestLevel();
  if (event == SUBXACT_EVENT_COMMIT_SUB) pg::enter_with([&] { notes->released(level); });
  if (event == SUBXACT_EVENT_ABORT_SUB) notes->rolled_back(level);
}

}  // namespace

void apply_notes() {
  if (!capture::notes_taken() && capture::notes_missed().empty()) return;
  const pg::OwnContext context("winback commit", TopTransactionContext);
  const pg::InContext in(context.get());
  // Toasted values are read under a snapshot, and at commit there is none.
  pg::call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
  pg::Failure failure;
  const auto begin_notes = [] { capture::notes().lost_track(capture::notes_missed()); };
  if (!capture::notes_missed().empty() && !pg::attempt(failure, begin_notes))
    pg::call([&] { pg::warn("winback could not mark its clients as stale", failure); });
  if (Notes* notes = capture::notes_taken()) {
    Work work{*notes, notes->sum(), clock::now(), ledger::Patience(ledger::lock_wait), nullptr, {}};
    apply(work);
    notes->folded();
  }
  pg::call([] { PopActiveSnapshot(); });
}

void hand_over_notes() {
  Notes* const notes = capture::notes_taken();
  if (notes && capture::notes_missed().empty() && notes->has_everything())
    notes->folded();
  else
    apply_notes();
}

void hook_transactions() {
  RegisterXactCallback(at_transaction_end, nullptr);
  RegisterSubXactCallback(at_savepoint_end, nullptr);
}

}  // namespace winback::work
