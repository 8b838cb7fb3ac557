// See shared.hpp.
#include "clock/shared.hpp"

#include <algorithm>

#include "clock/settings.hpp"

namespace winback::clock {

Shared* shared = nullptr;

namespace {

// Takes the room's memory, and begins it if it is new.
void arrive(void* memory, bool is_new) {
  shared = static_cast<Shared*>(memory);
  if (!is_new) return;
  shared->started_at = GetCurrentTimestamp();
  shared->list_again = true;
}

pg::SharedPlace place{"winback", sizeof(Shared), arrive};

}  // namespace

void request_shared_memory() { pg::request_shared(place); }

Locked::Locked(LWLockMode mode) : pg::Locked(place, mode) {}

Database* find(Oid oid) {
  for (int i = 0; i < shared->used; i++)
    if (shared->databases[i].oid == oid) return &shared->databases[i];
  return nullptr;
}

Database* find_or_add(Oid oid) {
  if (Database* known = find(oid)) return known;
  Database* entry = find(InvalidOid);
  if (!entry && shared->used < kMostDatabases) entry = &shared->databases[shared->used++];
  if (!entry) return nullptr;
  *entry = Database{};
  entry->oid = oid;
  entry->due_at = DT_NOEND;
  entry->look_at = DT_NOBEGIN;
  entry->classify_at = DT_NOBEGIN;
  return entry;
}

void forget(Database* database) {
  *database = Database{};
  while (shared->used > 0 && shared->databases[shared->used - 1].oid == InvalidOid) shared->used--;
}

void wake_launcher() {
  if (shared->launcher_latch) SetLatch(shared->launcher_latch);
}

TimestampTz pause_after(int failures) {
  const int64 doubled = static_cast<int64>(naptime) << std::min(failures, 12);
  return std::max<int64>(naptime, std::min<int64>(doubled, SECS_PER_HOUR)) * USECS_PER_SEC;
}

TimestampTz ready_at(const Database& database) {
  if (!database.listed || database.holds > 0 || database.worker_pid != 0 || database.starting_at != 0) return DT_NOEND;
  TimestampTz wanted = std::min(database.due_at, database.look_at);
  if (database.stale) wanted = DT_NOBEGIN;
  if (database.ledger == Ledger::kept) wanted = std::min(wanted, database.classify_at);
  // The pause after the start of the server keeps a sweep that crashes it from doing so again at once, for ever.
  const TimestampTz rested = std::max(shared->started_at, database.last_start) + pause_after(database.failures);
  return std::max(wanted, rested);
}

}  // namespace winback::clock
