// Applying what a transaction noted: at its commit, at PREPARE TRANSACTION, or when fold() is called.
#pragma once

#include "capture/setup.hpp"

namespace winback::work {

// Applies the notes of this transaction now. Never fails but for cancel, shutdown and serialization failures: a client
// that cannot be brought up to date is left in winback.stale.
void apply_notes();

// Takes the locks on tables that settling clients needs (see commit.cpp, steps 1 and 2), not waiting longer than
// winback.lock_wait; `all`: for a pass over everybody, which keeps every other writer out. An Error if not had.
void take_table_locks(const capture::Setup& setup, bool all);

}  // namespace winback::work
