// Whether the ledger is there as a whole, or is being restored from a dump.
#pragma once

#include "pg/prelude.hpp"

namespace winback::ledger {

// Whether all is there. It asks the catalog alone: no lock on a table of the ledger is left behind, or two sessions of
// a parallel restore could each wait for the table that the other has read. Raises the server's errors.
bool is_whole();

}  // namespace winback::ledger
