// What the ledger writes of this transaction made due: gathered while it writes, told to the launcher after its commit.
#pragma once

#include "core/time.hpp"

namespace winback::ledger {

struct Wake {
  bool any = false;                         // something was noted
  core::Instant due_at = core::kEndOfTime;  // the earliest instant at which the clock has something to do
  bool stale = false;                       // a client was left for the worker
};

// A client row was written whose next change comes at this instant.
void note_due(core::Instant due_at);

// A row was added to winback.stale.
void note_stale();

// What has been noted since the last call; forgets it.
Wake take_wake();

}  // namespace winback::ledger
