// The fast form of recomputation: adding new facts to a row that is up to date.
#pragma once

#include <span>
#include <vector>

#include "capture/notes.hpp"
#include "ledger/client_row.hpp"

namespace winback::ledger {

// Adds inserted orders and calls to the row and appends the changes of status they bring, those of deadlines passed in
// between included. False, with the row half changed and to be thrown away, where adding is not enough:
//
//   a fact is                                                  because
//   ---------------------------------------------------------  ----------------------------------------------------
//   earlier than the client's first fact of any kind           the life begins earlier
//   a purchase not later than the last fact of the life        it lies between facts already judged
//   a purchase earlier than the newest rules                   it is judged by older ones
//   a first purchase                                           returns that came before it begin to count
//   a purchase after the use has fallen                        when it falls again, its uses say, which are not kept
//   a purchase that moves rows out of the value period         what they were is not kept
//
// The facts come in the order of their instants.
bool add_facts(const capture::Setup& setup, ClientRow& row, std::span<const capture::AddedFact> facts,
               std::vector<core::Change>& changes);

}  // namespace winback::ledger
