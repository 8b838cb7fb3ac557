// Whose the names are that a transaction noted: looked up at its commit, under a lock on each of them.
//
// Why no fact can be missed. Let one transaction change a fact that hangs on a name, and another one say whose that
// name is. Each of them, before it commits, locks the name, and from then until it has ended the other one cannot have
// it (see ledger/name_lock.hpp). So one of them is the first; the other gets the lock only when the first has ended,
// and then reads with a snapshot taken after it got the lock:
//
//   the user comes second      it finds the client that the first one gave the name to, and computes that client
//                              afresh, under the client's row (see settle.hpp)
//   the definer comes second   it computes the client before and the client after afresh, and of an alias whoever else
//                              has it, too: with the fact in, for that is committed, and hangs on the name
//
// So whatever the order, who comes second holds the row of each client whose facts are not what they were, and the
// argument of settle.hpp goes on from there. A transaction that computes a client for another reason reads whose names
// are the client's with several snapshots; that is safe for the same reason: whoever changes them needs the row that it
// holds. An order that is by alias hangs itself on a name: who uses the order's id uses that alias as well.
//
// Why no cycle lasts. Names are locked before the first client's row, in one order, orders' ids before aliases; what is
// waited for is asked for again, for no longer than winback.lock_wait. Whoever has locks already, because of fold(),
// may wait for somebody who waits for him until that time is over.
//
// A name that is not had in that time is left in winback.stale, in the same transaction as its facts. The sweep takes
// the lock before it looks whose the name is, so it does not take the mark away while the transaction that was in the
// way is still going.
#pragma once

#include <memory>
#include <vector>

#include "capture/notes.hpp"
#include "ledger/facts.hpp"

namespace winback::work {

struct Named {
  std::vector<Datum> clients;          // to be computed afresh
  std::vector<Datum> with_evidence;    // likewise, and any of their calls may have changed
  std::vector<capture::Name> not_had;  // names whose locks were not had in time
};

// Locks names and looks up whose they are, with the ledger locked; keys live in the current context.
Named look_up(std::shared_ptr<const capture::Setup> setup, const capture::NamedNotes& names,
              ledger::Patience& patience);

// Everybody whose a name is, without a lock.
std::vector<Datum> clients_of(ledger::FactReader& facts, const capture::Name& name);

}  // namespace winback::work
