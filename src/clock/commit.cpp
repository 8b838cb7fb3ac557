// See commit.hpp.
//
//   end of the transaction   told
//   -----------------------  ------------------------------------------------------------------------------------
//   commit                   everything below
//   abort, FATAL             the holds are given back, the rest is dropped
//   PREPARE TRANSACTION      as abort: its rows are seen only after COMMIT PREPARED, perhaps by another session,
//                            which therefore has the database looked at
//
// The callback runs after the commit has become visible to others, which the protocol of shared.hpp relies on.
#include "clock/commit.hpp"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "clock/shared.hpp"
#include "ledger/wake.hpp"

namespace winback::clock {

namespace {

// A transaction that renames more databases than this leaves the others' workers to the server's own patience.
constexpr int kMostHolds = 16;

struct Pending {
  bool list = false;
  bool look = false;
  bool look_if_kept = false;
  int holds = 0;
  Oid held[kMostHolds] = {};
};

constinit Pending pending;

// True if the launcher knows nothing as early as this. The usual commit makes nothing earlier, and only reads.
bool is_news(const ledger::Wake& wake) {
  const Locked locked(LW_SHARED);
  const Database* known = find(MyDatabaseId);
  return !known || wake.due_at < known->due_at || (wake.stale && !known->stale);
}

// Tells what the ledger writes of this transaction made due.
void tell_due(const ledger::Wake& wake) {
  if (!wake.any || !is_news(wake)) return;
  const Locked locked(LW_EXCLUSIVE);
  // Without room the launcher, which reports that, finds out nothing; sweep() is left.
  Database* here = find_or_add(MyDatabaseId);
  if (!here) return;
  here->due_at = std::min<TimestampTz>(here->due_at, wake.due_at);
  here->stale |= wake.stale;
  if (!here->listed) shared->list_again = true;
  wake_launcher();
}

// Tells that the list of databases, or what is in this one, has changed.
void tell_look(const Pending& changed) {
  if (!changed.list && !changed.look && !changed.look_if_kept) return;
  const Locked locked(LW_EXCLUSIVE);
  shared->list_again |= changed.list;
  Database* here = changed.look ? find_or_add(MyDatabaseId) : find(MyDatabaseId);
  if (here && (changed.look || here->ledger != Ledger::none)) {
    if (changed.look || changed.look_if_kept) here->look_at = DT_NOBEGIN;
    if (!here->listed) shared->list_again = true;
  }
  wake_launcher();
}

// Lets workers into the held databases again.
void release_holds(const Pending& held) {
  if (held.holds == 0) return;
  const Locked locked(LW_EXCLUSIVE);
  for (int i = 0; i < held.holds; i++)
    if (Database* database = find(held.held[i])) database->holds--;
  wake_launcher();
}

// The end of a transaction.
void at_end(XactEvent event, void*) {
  if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE) return;
  const ledger::Wake wake = ledger::take_wake();
  const Pending done = std::exchange(pending, Pending{});
  if (!shared) return;
  release_holds(done);
  if (event != XACT_EVENT_COMMIT) return;
  tell_due(wake);
  tell_look(done);
}

}  // namespace

void tell_at_commit() { RegisterXactCallback(at_end, nullptr); }

void list_after_commit() { pending.list = true; }

void look_after_commit(bool if_kept) { (if_kept ? pending.look_if_kept : pending.look) = true; }

void hold_until_end(Oid oid) {
  if (!shared || pending.holds == kMostHolds) return;
  const Locked locked(LW_EXCLUSIVE);
  Database* database = find(oid);
  if (!database) return;
  database->holds++;
  pending.held[pending.holds++] = oid;
  // A worker takes its pid out of the entry under this lock before it ends, so the pid is still its own.
  if (database->worker_pid != 0) kill(database->worker_pid, SIGTERM);
}

}  // namespace winback::clock
