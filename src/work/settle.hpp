// Bringing one client's row up to date: the row is held, what changed is worked in, its history and tasks follow,
// and it is written once.
//
// Why two writers of one client cannot both miss each other. Every transaction that changes a fact of a client comes
// here before it commits, and holds the client's row from then until it has ended. So of two such transactions one
// holds the row first; the other gets it only when the first has committed or aborted, and then
//
//   adds its own facts      to a row that has the first one's in it, or
//   computes the row afresh with a snapshot taken after it got hold of the row: GetLatestSnapshot() with the command
//                           counter moved on, which sees what the first one committed and what this one did,
//                           at READ COMMITTED, REPEATABLE READ and SERIALIZABLE alike.
//
// Where adding is all there is to do, the row is not held first, but replaced only if it is still what was added to:
// the same, for one visit instead of two.
//
// A third transaction whose facts are committed between the snapshot and the writing of the row cannot be: before its
// commit it would have had to hold the row. A client without a row is given one first, empty; the unique index lets
// only one transaction do that. A prepared transaction holds the row until it is committed or rolled back.
// Whoever cannot get the row in time leaves the client in winback.stale, in the same transaction as its facts; the
// worker or a sweep then computes it afresh, after that commit.
#pragma once

#include <memory>
#include <optional>

#include "capture/notes.hpp"
#include "ledger/add.hpp"
#include "ledger/dossier.hpp"
#include "ledger/facts.hpp"
#include "ledger/history.hpp"
#include "ledger/patience.hpp"
#include "ledger/stale.hpp"
#include "ledger/versions.hpp"
#include "work/tasks.hpp"

namespace winback::work {

// What was done, over all clients settled.
struct Counts {
  int clients = 0;
  int status_changes = 0;
  int tasks_opened = 0;
  int tasks_cancelled = 0;
};

// On what occasion clients are settled.
//
//            opens tasks that are due    marks clients it cannot have
//   commit   yes                         yes
//   bulk     no: left to the sweep       yes
//   sweep    yes                         no: they stay due, or marked
enum class Occasion { commit, bulk, sweep };

class Settler {
 public:
  // `clock`: the instant at which all of it happens. `patience`: how long all of it together may wait for others; must
  // outlive the settler.
  Settler(std::shared_ptr<const capture::Setup> setup, core::Instant clock, Occasion occasion,
          ledger::Patience& patience);

  // Works in what a transaction noted; false if the client could not be had in time.
  bool settle(Datum client, const capture::Note& note);
  // Computes the client afresh.
  bool recompute(Datum client, const TaskOrder& order);
  // Takes hold of the client's row, which is made if need be; false if it could not be had in time.
  bool take_hold(Datum client);
  // Computes afresh a client whose row was taken hold of before its facts were gathered.
  bool recompute(Datum client, ledger::Dossier& dossier, const TaskOrder& order);
  // Does what the clock makes due; false, without waiting, if another session holds the client.
  bool advance(Datum client);

  // Why clients were left for later; empty: none was.
  const std::string& left_because() const { return left_because_; }

  core::Instant clock() const { return clock_; }
  const Counts& counts() const { return counts_; }
  const capture::Setup& setup() const { return *setup_; }
  const ledger::ClientColumns& columns() const { return columns_; }
  ledger::FactReader& facts() { return facts_; }

 private:
  friend class Rewrite;
  ledger::History& history();
  ledger::Versions& versions();
  Tasks& tasks();
  void succeed(ledger::ClientRow& row, const ledger::ClientRow& before);
  ledger::Dossier gather(Datum client);
  bool add(Datum client, const capture::Note& note, TaskOrder& order);
  std::optional<bool> add_to(Datum client, ledger::ClientRow before, const capture::Note& note, TaskOrder& order,
                             bool held);
  bool begin(Datum client, const capture::Note& note, const TaskOrder& order);
  bool held_by_others(Datum client);
  bool stays_frozen(Datum client);
  void leave_stale(Datum client, const std::string& reason);
  bool has_history(Datum client);
  bool revisit(Datum client, const TaskOrder& order);
  // What settling a client's tasks came to.
  struct Settled {
    bool done;       // false: a sweep is to come again
    bool may_enter;  // a segment
    std::vector<std::int64_t> resumable;  // processes
  };
  Settled settle_tasks(ledger::ClientRow& row, const std::optional<ledger::ClientRow>& before,
                       const ledger::Recorded& recorded, const TaskOrder& given);
  bool begin_work(Datum client, const Settled& settled);
  void write(Datum client, const ledger::ClientRow& row, const std::optional<pg::Values>& stored,
             ItemPointerData place, bool keep, pg::Bulk& new_rows);
  bool conclude(ledger::Dossier& dossier, const ledger::ClientRow& before, const TaskOrder& order);
  bool conclude(ledger::ClientRow row, const ledger::ClientRow& before, const ledger::Recorded& recorded,
                const TaskOrder& order, bool has_facts);
  core::Instant reads_at(const ledger::ClientRow& row) const;
  void date(ledger::ClientRow& row, const std::optional<ledger::ClientRow>& before, const TaskResult& tasks) const;
  std::optional<core::Instant> due_at(const ledger::ClientRow& row, const TaskResult& tasks) const;

  std::shared_ptr<const capture::Setup> setup_;
  core::Instant clock_;
  ledger::Patience& patience_;
  Occasion occasion_;
  MemoryContext context_;  // in which the tables below are opened
  pg::Table client_;
  const ledger::ClientColumns& columns_;
  ledger::FactReader facts_;
  // Opened when first needed: most orders of most clients change neither status nor tasks.
  std::optional<ledger::History> history_;
  std::optional<ledger::Versions> versions_;
  std::optional<Tasks> tasks_;
  Counts counts_;
  std::string left_because_;
};

}  // namespace winback::work
