// Settling the clients of a transaction that has changed so many of them that reading the watched tables once is
// cheaper than reading each client's rows.
//
//   a client                                what is done
//   --------------------------------------  --------------------------------------------------------------------
//   has facts that need only be added       they are added, as ever
//   is to be computed afresh                its row is taken hold of; when all have been, its facts are gathered,
//                                           with those of the others, by one pass, and it is computed from them
//   could not be had in time                is left stale, as ever
//   is frozen                               as ever, by itself
//
// It is right for the reason that computing one client is (see settle.hpp): the snapshot of the pass is taken after the
// rows of all these clients were got hold of.
#pragma once

#include "capture/notes.hpp"
#include "work/settle.hpp"

namespace winback::work {

// Whether so many clients to be computed afresh are many, for these watched tables. Not where another session has
// locked one, for nobody knows how large it is.
bool are_many(const capture::Setup& setup, std::size_t clients);

// Computes clients afresh whose rows nobody else can write, or were taken hold of: by ascending key, with one pass
// where they are many. `tasks`: of each of them, or none at all.
void compute_afresh(Settler& settler, pg::Progress& progress, const std::vector<Datum>& clients,
                    const std::vector<const capture::TaskNote*>& tasks);

// Settles all clients of whom something is noted.
void settle_many(Settler& settler, const capture::Sum& sum);

}  // namespace winback::work
