// Attempts to close a task that the closing rule has refused. A refusal is an error, which takes with it all that its
// transaction wrote; so what is to be known of it is kept beside the transactions until a sweep writes it to
// winback.refused_closing.
//
//   kept in                                     is lost
//   ------------------------------------------  -------------------------------------------------------------
//   shared memory, if the library is preloaded  of more than kMost between two sweeps the oldest; in a crash
//   the session, if not                         likewise, and when the session ends
//
// A sweep takes what there is of its database; should its transaction, or the savepoint in which it took it, come to
// nothing, it puts that back. So no two sweeps write the same.
#pragma once

namespace winback::work {

// Writes what was refused in this database to its table.
void write_refusals();

}  // namespace winback::work
