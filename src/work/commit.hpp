// Applying what a transaction noted: at its commit, at PREPARE TRANSACTION, or when fold() is called.
#pragma once

#include <memory>

#include "capture/setup.hpp"
#include "ledger/patience.hpp"

namespace winback::work {

// Applies the notes of this transaction now. Never fails but for cancel, shutdown and serialization failures: a client
// that cannot be brought up to date is left in winback.stale.
void apply_notes();

// For a pass over everybody, the evidence of all tasks included, that follows at once: where this transaction's notes
// ask for one themselves (the rules have changed), that pass does for both; else they are applied.
void hand_over_notes();

// Takes the locks on tables that settling clients needs (see commit.cpp, steps 1 and 2), and returns the setup as it is
// under them. `all`: for a pass over everybody, which keeps every other writer out. An Error if the locks are not had
// within `patience`, or there is no ledger.
std::shared_ptr<const capture::Setup> lock_ledger(bool all, ledger::Patience& patience);

}  // namespace winback::work
