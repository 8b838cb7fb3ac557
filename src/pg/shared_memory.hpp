// Places in the server's shared memory, each with a lock of its own. They are asked for while the library is preloaded,
// and arrive when the server starts, and again, new, after a crash.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "storage/lwlock.h"
}

namespace winback::pg {

struct SharedPlace {
  const char* name;
  Size size;
  void (*arrive)(void* memory, bool is_new);  // new memory is zero

  LWLock* lock = nullptr;
  SharedPlace* next = nullptr;
};

// Asks for a place, which must last as long as the server.
void request_shared(SharedPlace& place);

// Holds the lock of a place; nothing that may raise an error is called meanwhile.
class Locked {
 public:
  Locked(const SharedPlace& place, LWLockMode mode) : lock_(place.lock) { LWLockAcquire(lock_, mode); }
  ~Locked() { LWLockRelease(lock_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  LWLock* lock_;
};

}  // namespace winback::pg
