// winback.status_change: every change of status, written once, never deleted, withdrawn where facts contradict it.
#pragma once

#include <vector>

#include "ledger/client_row.hpp"

namespace winback::ledger {

// What is to be recorded of a row whose facts were only added to: `changes`, brought by its facts since it was last
// written, and the deadlines that `clock` has passed. Sets the row's recorded_status accordingly.
std::vector<core::Change> to_record(ClientRow& row, std::vector<core::Change> changes, core::Instant clock);

class History {
 public:
  explicit History(const capture::Setup& setup);

  // Records changes of status.
  void append(const ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock);
  // Records what follows from a row computed afresh: `changes` is its whole life, and what stands in the table but is
  // not in it is withdrawn. Returns the number of rows written.
  int compare(ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock);
  // Whether the client has any history, withdrawn or not.
  bool exists(Datum client);
  // Reads as this snapshot shows, instead of the newest state.
  void fix(Snapshot snapshot) { table_.fix(snapshot); }

 private:
  void insert(const ClientRow& row, const core::Change& change, core::Instant clock);

  const capture::Setup& setup_;
  pg::Table table_;
  struct {
    int change_id, client_id, from_status, to_status, changed_at, recorded_at, rule, manager, channel, region,
        department, withdrawn_at;
  } column_;
};

}  // namespace winback::ledger
