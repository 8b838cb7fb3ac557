// A subtransaction as an object: what is not committed is rolled back when the scope ends, also by an exception, so a
// server error that was raised inside may be swallowed outside.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "utils/resowner.h"
}

namespace winback::pg {

class Subtransaction {
 public:
  Subtransaction() : context_(CurrentMemoryContext), owner_(CurrentResourceOwner) {
    call([] { BeginInternalSubTransaction(nullptr); });
    MemoryContextSwitchTo(context_);
  }
  ~Subtransaction() {
    if (open_) detail::run_ignoring_errors([](void*) { RollbackAndReleaseCurrentSubTransaction(); }, nullptr);
    restore();
  }
  Subtransaction(const Subtransaction&) = delete;
  Subtransaction& operator=(const Subtransaction&) = delete;

  // Keeps what was done.
  void commit() {
    call([] { ReleaseCurrentSubTransaction(); });
    open_ = false;
    restore();
  }

 private:
  void restore() {
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner_;
  }

  MemoryContext context_;
  ResourceOwner owner_;
  bool open_ = true;
};

}  // namespace winback::pg
