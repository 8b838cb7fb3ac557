// winback.status_change: every change of status, written once, never deleted, withdrawn where facts contradict it.
#pragma once

#include <optional>
#include <vector>

#include "ledger/client_row.hpp"
#include "pg/bulk.hpp"

namespace winback::ledger {

// What is to be recorded of a row whose facts were only added to: `changes`, brought by its facts since it was last
// written, and the deadlines that `clock` has passed. Sets the row's recorded_status accordingly.
std::vector<core::Change> to_record(ClientRow& row, std::vector<core::Change> changes, core::Instant clock);

// Where a client's history ends as the table tells it. Beyond the last fact it may tell of deadlines that have come.
// It is not whole where the last fact is dated ahead of the clock and lies behind a deadline that had not come: the row
// has the deadline's status already, and only a replay knows the rest.
struct Told {
  bool whole;                          // it reaches the last fact
  std::optional<core::Instant> until;  // the last deadline told of that no fact has followed yet
};
Told told(const ClientRow& row);

// What recording a client's changes came to.
struct Recorded {
  int rows = 0;                 // written
  bool held_by_others = false;  // one that is to be withdrawn was
};

class History {
 public:
  explicit History(const capture::Setup& setup);

  // Records changes of status.
  void append(const ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock);
  // Holds what the table tells of a client against what its facts have brought: `changes`, its whole life.
  class Comparison {
   public:
    // Takes a row of the table; what stands there but is not in the life is withdrawn.
    void meets(const pg::Values& stored, ItemPointerData place);
    // Records what is missing, sets the row's recorded_status, and returns what it came to.
    Recorded finish(ClientRow& row);

   private:
    friend class History;
    Comparison(History& history, const ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock);
    History& history_;
    core::Instant clock_;
    std::vector<core::Change> expected_;
    std::size_t recordable_;  // so many of them are to be in the table
    std::vector<std::optional<ItemPointerData>> stands_;  // where; nullopt: not yet
    bool withdraw(ItemPointerData place);
    Recorded recorded_;
  };
  Comparison comparison(const ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock) {
    return {*this, row, changes, clock};
  }
  // The same at once, with a search for the client's rows.
  Recorded compare(ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock);
  // From here on rows are written in portions, while nobody else writes; until finish_bulk().
  void begin_bulk() { bulk_.emplace(setup_.tables.status_change); }
  void finish_bulk();
  // Whether the client has any history, withdrawn or not.
  bool exists(Datum client);

 private:
  void insert(const ClientRow& row, const core::Change& change, core::Instant clock);

  const capture::Setup& setup_;
  pg::Table table_;
  std::optional<pg::Bulk> bulk_;
  struct {
    int change_id, client_id, from_status, to_status, changed_at, recorded_at, rule, manager, channel, region,
        department, withdrawn_at, loss;
  } column_;
};

}  // namespace winback::ledger
