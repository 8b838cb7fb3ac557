// See commit.hpp.
//
// What is locked when. Until the application commits, nothing: the triggers only take notes. At commit
//
//   1. winback.client, status_change, task        ROW EXCLUSIVE, not waited for longer than winback.lock_wait: a rebuild
//                                                 holds the first SHARE ROW EXCLUSIVE. Not had: all clients stale.
//                                                 Under it the settings are read: a change of the rules keeps it
//                                                 until everybody is dated anew, so nobody is dated by older ones.
//   2. the watched tables                         ACCESS SHARE, without waiting. Not had: they may not be read, so a
//                                                 client that needs it becomes stale (the read fails by lock_timeout).
//   3. each client's row, in ascending order      FOR NO KEY UPDATE; together not longer than winback.lock_wait.
//      of the keys                                Not had: that client stale.
//   4. under the client's row: its tasks          without waiting; index entries too (see pg/table.cpp).
//
// All are held until the transaction ends, which is the next thing that happens. Nothing above waits in the server's lock
// queues while it holds something that another committing session waits for, except for at most lock_wait, after which
// it gives up: so no cycle lasts, whatever the application itself has locked before (a task's row, a table, a prepared
// transaction's clients). Two sessions that change the same clients come in the same order.
//
// Why it is right is argued in settle.hpp: whoever commits a client's fact holds its row while doing so, and computes
// with a snapshot taken later, at every isolation level; direct writes through the table access method do not fail with
// "could not serialize access" where an UPDATE at REPEATABLE READ would. At SERIALIZABLE a failure that the server raises
// is passed on. PREPARE TRANSACTION applies likewise and keeps all locks until COMMIT PREPARED.
//
//   what happens                            what becomes of it
//   --------------------------------------  --------------------------------------------------------------------
//   all clients can be had                  applied, in a subtransaction
//   one client fails                        the subtransaction is undone, then each client on its own; those that
//                                           fail again become stale, with one WARNING
//   rules or policy changed, or TRUNCATE    everybody is computed in one pass, under SHARE ROW EXCLUSIVE
//   even winback.stale cannot be written    a WARNING; the commit goes on
#include "work/commit.hpp"

#include <algorithm>

#include "clock/now.hpp"
#include "module.hpp"
#include "pg/entry.hpp"
#include "pg/failure.hpp"
#include "work/attempt.hpp"
#include "work/pass.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace winback::work {

namespace {

using capture::Notes;

// What is to be applied, with the setup of this moment.
struct Work {
  std::shared_ptr<const capture::Setup> setup;
  Notes::Sum sum;
  core::Instant clock;
};

// Takes a lock on a relation within the time that a commit may wait.
bool lock_soon(Oid relation, LOCKMODE mode, ledger::Patience& patience) {
  do {
    if (pg::call([&] { return ConditionalLockRelationOid(relation, mode); })) return true;
  } while (patience());
  return false;
}

}  // namespace

std::shared_ptr<const capture::Setup> lock_ledger(LedgerLock lock) {
  const capture::LedgerTables tables = capture::need_setup()->tables;
  const LOCKMODE mode = lock == LedgerLock::clients ? RowExclusiveLock : ShareRowExclusiveLock;
  if (lock == LedgerLock::everybody_waiting) pg::call([&] { LockRelationOid(tables.client, mode); });
  ledger::Patience patience(ledger::lock_wait);
  if (!lock_soon(tables.client, mode, patience) || !lock_soon(tables.status_change, RowExclusiveLock, patience) ||
      !lock_soon(tables.task, RowExclusiveLock, patience))
    throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another session has locked the ledger");
  auto setup = capture::need_setup();
  for (const capture::Source& source : setup->sources)
    (void)pg::call([&] { return ConditionalLockRelationOid(source.relation, AccessShareLock); });
  return setup;
}

namespace {

// Applies the notes of these clients.
void apply_clients(const Work& work, std::size_t first, std::size_t count) {
  const auto setup = lock_ledger(LedgerLock::clients);
  const pg::Spi spi;
  Settler settler(setup, work.clock, Occasion::commit);
  const pg::OwnContext context("winback client", CurrentMemoryContext);
  for (std::size_t i = first; i < first + count; ++i) {
    const pg::InContext in(context.get());
    settler.settle(work.sum.clients[i].first, work.sum.clients[i].second);
    context.reset();
  }
}

// Computes everybody afresh.
void apply_to_everybody(const Work& work) {
  Settler settler(lock_ledger(LedgerLock::everybody), work.clock, Occasion::bulk);
  const bool evidence =
      std::ranges::any_of(work.sum.clients, [](const auto& client) { return !client.second.evidence.empty(); });
  rebuild(settler, work.sum.all_evidence || evidence);
}

// Leaves clients, or everybody, for later, and says why.
void leave_stale(const Work& work, const std::vector<std::optional<Datum>>& clients, const pg::Failure& why) {
  pg::Failure failure;
  const bool marked = attempt(failure, [&] {
    for (const auto& client : clients) ledger::add_stale(*work.setup, client, why.message, work.clock);
  });
  if (!marked) pg::call([&] { pg::warn("winback could not mark a client as stale", failure); });
}

// Applies everything, in pieces where the whole fails.
void apply(const Work& work) {
  pg::Failure failure;
  if (work.sum.everything) {
    if (attempt(failure, [&] { apply_to_everybody(work); })) return;
    pg::call([&] { pg::warn("winback will recompute all clients later", failure); });
    return leave_stale(work, {std::nullopt}, failure);
  }
  const std::size_t count = work.sum.clients.size();
  if (count == 0 || attempt(failure, [&] { apply_clients(work, 0, count); })) return;
  // Where the ledger as a whole is locked there is no sense in waiting once a client.
  const bool locked_out = failure.sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
  if (!locked_out) pg::call([&] { pg::warn("winback will recompute some clients later", failure); });
  std::vector<std::optional<Datum>> failed;
  for (std::size_t i = 0; i < count; ++i)
    if (locked_out || !attempt(failure, [&] { apply_clients(work, i, 1); }))
      failed.push_back(work.sum.clients[i].first);
  leave_stale(work, failed, failure);
}

// Reads the setup anew; null where the ledger is gone or cannot be read.
std::shared_ptr<const capture::Setup> present_setup() {
  if (auto known = capture::setup_if_read()) return known;
  std::shared_ptr<const capture::Setup> found;
  pg::Failure failure;
  if (!attempt(failure, [&] { found = capture::setup(); }))
    pg::call([&] { pg::warn("winback could not read its settings", failure); });
  return found;
}

// The end of a transaction.
void at_transaction_end(XactEvent event, void*) {
  if (!capture::notes_taken()) return;
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
  Notes* notes = capture::notes_taken();
  if (!notes) return;
  const pg::OwnContext context("winback commit", TopTransactionContext);
  const pg::InContext in(context.get());
  // Toasted values are read under a snapshot, and at commit there is none.
  pg::call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
  if (auto setup = present_setup()) {
    notes->renew(setup);
    apply({setup, notes->sum(), clock::now()});
  }
  pg::call([] { PopActiveSnapshot(); });
  notes->folded();
}

void hook_transactions() {
  RegisterXactCallback(at_transaction_end, nullptr);
  RegisterSubXactCallback(at_savepoint_end, nullptr);
}

}  // namespace winback::work

namespace winback::ledger {

int lock_wait = 200;

void define_settings() {
  DefineCustomIntVariable("winback.lock_wait", "How long a commit may wait for clients that other sessions hold.",
                          "Clients that it does not get in this time are left in winback.stale for the worker.",
                          &lock_wait, 200, 0, 60000, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
}

}  // namespace winback::ledger
