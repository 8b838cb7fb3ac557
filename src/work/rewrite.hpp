// Writing the rows of all clients anew, one after another in the order of their keys, while nobody else writes: the
// ledger is read along, not searched, rows are compared before they are written, and new ones are written in portions.
#pragma once

#include <optional>

#include "pg/bulk.hpp"
#include "pg/keyed_scan.hpp"
#include "work/settle.hpp"

namespace winback::work {

class Rewrite {
 public:
  // The caller holds a lock on winback.client that keeps every other writer out. `all_evidence`: the calls with which
  // tasks were closed are to be looked at.
  Rewrite(Settler& settler, bool all_evidence);

  // Takes the next client, with all its facts.
  void take(Datum client, ledger::Dossier& dossier);
  // Takes the next client as its row has it, to be dated by the newest version of the rules, which no row has been
  // judged by; false, with nothing done, where that takes all its facts.
  bool redate(const ledger::ClientRow& before, const pg::Values& stored, ItemPointerData place);
  // After the last one.
  void finish();

 private:
  TaskOrder order_of(Datum client);

  Settler& settler_;
  bool all_evidence_;
  std::optional<pg::KeyedScan> rows_, changes_, tasks_, processes_;  // what the ledger has
  pg::Bulk new_rows_;
};

}  // namespace winback::work
