// What those who follow commands on tables share: see table_changes.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "capture/notes.hpp"
#include "pg/attempt.hpp"
#include "pg/identity.hpp"

namespace winback::work {

// The context of what is remembered while a command runs; it goes with the transaction.
MemoryContext command_memory();
void forget_command_memory();

// For a scope: the commands that run are of our own making, and nobody follows them.
class AtWork {
 public:
  AtWork() : before_(at_work_) { at_work_ = true; }
  ~AtWork() { at_work_ = before_; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  static bool at_work() { return at_work_; }

 private:
  static inline bool at_work_ = false;
  bool before_;
};

// A watched table, opened without waiting for it: only its columns and their types are looked at. Null where it is
// gone: as the lock is got this session hears that another has dropped it, so that asking before would say nothing.
class Look {
 public:
  explicit Look(Oid relation);
  ~Look();
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;
  operator Relation() const { return relation_; }

 private:
  Relation relation_;
};

// The setup, if there is a ledger that can be read: a half restored one is nobody's to be warned of, nor to be locked.
std::shared_ptr<const capture::Setup> ledger_setup();

// The relation that a command names; InvalidOid if there is none.
Oid named(const RangeVar* name);

// Called with each row that a statement returns.
using Visit = std::function<void(HeapTuple, TupleDesc)>;

// Runs a statement of ours. As the superuser: who changes a table need have no rights to the ledger, nor the owner of
// the ledger any to the table.
void run(const std::string& sql, const std::vector<Oid>& types = {}, const std::vector<Datum>& values = {},
         const Visit& visit = {});

// The same, of one that goes by the newest committed state at any isolation level, so that at REPEATABLE READ it finds
// what others have changed since the transaction began, and may change that. How many rows it changed or returned.
std::uint64_t run_on_newest(const std::string& sql, const std::vector<Oid>& types = {},
                            const std::vector<Datum>& values = {}, const Visit& visit = {});

// Does something that may fail: then everybody becomes stale, and the command goes on.
template <class Step>
void safely(Step step) {
  pg::Failure failure;
  if (pg::attempt(failure, step)) return;
  pg::call([&] { pg::warn("winback could not follow a change of a table", failure); });
  capture::note_lost_track(failure.message);
}

// Says that rows of a relation cannot be facts; nothing where there are none.
void warn_of_rejected(Oid relation, std::int64_t rows);

// Lists the rejected rows of a watched table anew, for all of its sources; returns how many there are.
std::int64_t list_again(const capture::Setup& setup, Oid relation);

// Everybody is computed afresh, and the rows of a watched table are held against what can be a fact.
void read_again(const capture::Setup& setup, Oid relation);

}  // namespace winback::work
