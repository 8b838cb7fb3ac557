// One pass over all watched tables: for rebuild(), for a first watch, after a change of the rules, and for verify().
// All facts go through one sort by client, so a pass costs no memory for the clients and reads every table once.
#pragma once

#include <functional>
#include <memory>

#include "pg/progress.hpp"
#include "work/settle.hpp"

namespace winback::work {

// Visits every client that has a fact or a row, in ascending order of the keys, with all its facts; but none that is
// frozen (capture/frozen.hpp). What `visit` makes lives in a context that is reset before the next client.
// `phase`: what the visiting is called in the progress; `only`: these clients, by ascending key, null: all.
void each_dossier(Settler& settler, pg::Progress& progress, pg::Phase phase,
                  const std::function<void(Datum client, ledger::Dossier&)>& visit,
                  const std::vector<Datum>* only = nullptr);

// Computes every client afresh. The caller holds a lock on winback.client that keeps every other writer out, taken
// before this call, so the facts read here are the facts of all rows. Returns the number of clients.
std::int64_t rebuild(Settler& settler, pg::Progress& progress, bool all_evidence);

}  // namespace winback::work
