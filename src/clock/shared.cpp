// See shared.hpp.
#include "clock/shared.hpp"

#include <algorithm>

#include "clock/settings.hpp"

extern "C" {
#include "storage/ipc.h"
#include "storage/shmem.h"
}

namespace winback::clock {

Shared* shared = nullptr;

namespace {

LWLock* lock = nullptr;
shmem_request_hook_type next_request_hook = nullptr;
shmem_startup_hook_type next_startup_hook = nullptr;

// Reserves room before the server allocates its shared memory.
void request() {
  if (next_request_hook) next_request_hook();
  RequestAddinShmemSpace(MAXALIGN(sizeof(Shared)));
  RequestNamedLWLockTranche("winback", 1);
}

// Finds the room, or furnishes it: at start, and again after a crash.
void startup() {
  if (next_startup_hook) next_startup_hook();
  LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
  bool found = false;
  shared = static_cast<Shared*>(ShmemInitStruct("winback", sizeof(Shared), &found));
  lock = &GetNamedLWLockTranche("winback")->lock;
  if (!found) {
    MemSet(shared, 0, sizeof(Shared));
    shared->started_at = GetCurrentTimestamp();
    shared->list_again = true;
  }
  LWLockRelease(AddinShmemInitLock);
}

}  // namespace

void request_shared_memory() {
  next_request_hook = shmem_request_hook;
  shmem_request_hook = request;
  next_startup_hook = shmem_startup_hook;
  shmem_startup_hook = startup;
}

Locked::Locked(LWLockMode mode) { LWLockAcquire(lock, mode); }

Locked::~Locked() { LWLockRelease(lock); }

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
