// What a backend tells the launcher when its transaction ends.
#pragma once

#include "pg/prelude.hpp"

namespace winback::clock {

// Registers the callback that tells; once, when the library is preloaded.
void tell_at_commit();

// After the commit the list of databases is no longer what it was.
void list_after_commit();

// After the commit this database is to be looked at; if_kept: only if it has a ledger.
void look_after_commit(bool if_kept);

// Keeps workers out of a database until this transaction ends, however it does, and stops the one that is there.
void hold_until_end(Oid database);

}  // namespace winback::clock
