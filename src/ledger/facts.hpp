// Reading facts from the watched tables, with the newest snapshot and each source's own role and settings.
#pragma once

#include <functional>
#include <memory>

#include "capture/setup.hpp"
#include "ledger/dossier.hpp"
#include "ledger/patience.hpp"
#include "pg/query.hpp"

namespace winback::ledger {

// Locks a watched table, with its partitions, for reading; false if other sessions keep one of them locked longer than
// there is patience. Asks again and again instead of queueing, so that no deadlock detection takes notice.
bool lock_to_read(Oid relation, Patience& patience);

class FactReader {
 public:
  // `patience`: how long reading may wait for tables that others have locked.
  FactReader(std::shared_ptr<const capture::Setup> setup, Patience& patience);

  using Visitor = std::function<void(const capture::Source&, capture::RowReader&, const capture::Fact&)>;
  // Visits the facts of one client.
  void of_client(Datum client, const Visitor& visit);
  // Visits the facts of all clients.
  void of_everybody(const Visitor& visit);

  // Passes over watched tables that have been dropped: for what only shows facts. What computes from them must fail.
  void pass_over_dropped() { passes_over_dropped_ = true; }
  // Reads as this snapshot shows, instead of the newest.
  void fix(Snapshot snapshot) { snapshot_ = snapshot; }
  // Told of each row that cannot be a fact, as jsonb, with the reason.
  using RejectedVisitor = std::function<void(const capture::Source&, Datum row, const std::string& reason)>;
  void on_rejected(RejectedVisitor visit) { rejected_ = std::move(visit); }
  // Told of each row that is no fact or cannot be one.
  using OtherVisitor = std::function<void(const capture::Source&, capture::RowReader&)>;
  void on_other(OtherVisitor visit) { other_ = std::move(visit); }

 private:
  void read(const capture::Source& source, std::optional<Datum> client, const Visitor& visit);
  void run(const capture::Source& source, capture::RowReader& reader, const pg::Query& query,
           const std::vector<Datum>& arguments, std::optional<Datum> client, const Visitor& visit);

  std::shared_ptr<const capture::Setup> setup_;
  Patience& patience_;
  bool passes_over_dropped_ = false;
  Snapshot snapshot_ = nullptr;
  RejectedVisitor rejected_;
  OtherVisitor other_;
};

}  // namespace winback::ledger
