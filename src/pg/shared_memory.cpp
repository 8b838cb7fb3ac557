// See shared_memory.hpp.
#include "pg/shared_memory.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
}

namespace winback::pg {

namespace {

SharedPlace* places = nullptr;
shmem_request_hook_type next_request_hook = nullptr;
shmem_startup_hook_type next_startup_hook = nullptr;

// Reserves the places before the server allocates its shared memory.
void request() {
  if (next_request_hook) next_request_hook();
  for (const SharedPlace* place = places; place; place = place->next) {
    RequestAddinShmemSpace(MAXALIGN(place->size));
    RequestNamedLWLockTranche(place->name, 1);
  }
}

// Finds the places, or makes them.
void startup() {
  if (next_startup_hook) next_startup_hook();
  LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
  for (SharedPlace* place = places; place; place = place->next) {
    bool found = false;
    void* const memory = ShmemInitStruct(place->name, place->size, &found);
    place->lock = &GetNamedLWLockTranche(place->name)->lock;
    if (!found) MemSet(memory, 0, place->size);
    place->arrive(memory, !found);
  }
  LWLockRelease(AddinShmemInitLock);
}

}  // namespace

void request_shared(SharedPlace& place) {
  if (!places) {
    next_request_hook = shmem_request_hook;
    shmem_request_hook = request;
    next_startup_hook = shmem_startup_hook;
    shmem_startup_hook = startup;
  }
  place.next = places;
  places = &place;
}

}  // namespace winback::pg
