// Locks on names (see capture/names.hpp), held until the transaction ends.
//
//   who                          the name                 its space
//   ---------------------------  -----------------------  -------------
//   uses the name                SHARE                    ROW SHARE
//   defines an order's id        ROW EXCLUSIVE            ROW SHARE
//   does both to an order's id   SHARE ROW EXCLUSIVE      ROW SHARE
//   defines an alias, or both    EXCLUSIVE                ROW SHARE
//   has more than 64 names of    none                     EXCLUSIVE
//     one space
//
// So of two transactions one of which defines what the other uses, one waits until the other has ended; users, and
// those who define one order, do not wait for each other. Two who give one alias to two clients do, for which of them
// it is follows from both. Not one lock a name without bound: the server has room for some 64 a transaction.
//
// Names are told apart by a hash: where two have the same, somebody waits once too often. The locks are advisory ones
// with a last field (pg_locks.objsubid) that the server's own functions never use.
#pragma once

#include <vector>

#include "capture/names.hpp"
#include "ledger/patience.hpp"

namespace winback::ledger {

// Locks the names that a transaction noted, in an order that is the same for everybody; returns those that were not
// had within `patience`. It waits by asking again, as for everything else at commit.
std::vector<capture::Name> lock_names(const capture::NamedNotes& names, Patience& patience);

// Locks a name against everybody who uses or defines it, without waiting; false if somebody does.
bool lock_name_alone(const capture::Name& name);

}  // namespace winback::ledger
