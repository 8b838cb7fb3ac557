// Applying what a transaction noted: at its commit, at PREPARE TRANSACTION, or when fold() is called.
#pragma once

#include <memory>

#include "capture/setup.hpp"

namespace winback::work {

// Applies the notes of this transaction now. Never fails but for cancel, shutdown and serialization failures: a client
// that cannot be brought up to date is left in winback.stale.
void apply_notes();

// For whom the ledger is locked, and how long that may be waited for.
enum class LedgerLock {
  clients,            // some clients: other writers go on; winback.lock_wait
  everybody,          // a pass over all: other writers are kept out; winback.lock_wait
  everybody_waiting,  // likewise; as long as it takes
};

// Takes the locks on tables that settling clients needs (see commit.cpp, steps 1 and 2), and returns the setup as it is
// under them: what was committed before is known, what will be has to wait. An Error if not had, or without a ledger.
std::shared_ptr<const capture::Setup> lock_ledger(LedgerLock lock);

}  // namespace winback::work
