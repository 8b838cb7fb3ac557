// NOTIFY for those who listen. The server refuses to prepare a transaction that has notified; of this one it hears only
// at the commit: a transaction that is prepared instead tells nobody, and one that rolls back, or a savepoint that does,
// has nothing to tell.
#pragma once

#include <string>

namespace winback::pg {

// Has the channel told at the commit of this transaction.
void notify_at_commit(const std::string& channel, const std::string& payload);

}  // namespace winback::pg
