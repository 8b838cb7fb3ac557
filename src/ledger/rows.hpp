// Reading rows of one watched table as what they say, with the newest snapshot and the source's own role and settings.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "capture/setup.hpp"
#include "ledger/patience.hpp"
#include "pg/progress.hpp"
#include "pg/query.hpp"

namespace winback::ledger {

// Locks a watched table, with its partitions, for reading; false if other sessions keep one of them locked longer than
// there is patience. Asks again and again instead of queueing, so that no deadlock detection takes notice.
bool lock_to_read(Oid relation, Patience& patience);

// About how many rows lie in this one relation, not in parts of it, by the planner's estimate; nullopt: another session
// has locked it. Waits for nobody.
std::optional<double> about_rows(Oid relation);

class Rows {
 public:
  // `patience`: how long reading may wait for tables that others have locked.
  Rows(std::shared_ptr<const capture::Setup> setup, Patience& patience);

  using Visitor = std::function<void(const capture::Source&, capture::RowReader&, const capture::Fact&)>;
  // Visits all rows that say something.
  void all(const capture::Source& source, const Visitor& visit);
  // Those of one client, by the key that stands in them. Not for sources by alias.
  void of_key(const capture::Source& source, Datum key, const Visitor& visit);
  // Those in which this expression yields this name.
  void of_name(const capture::Source& source, capture::Meaning meaning, const std::string& name, const Visitor& visit);

  // Passes over watched tables that have been dropped: for what only shows facts. What computes from them must fail.
  void pass_over_dropped() { passes_over_dropped_ = true; }
  // Reads as this snapshot shows; null: the newest.
  void fix(Snapshot snapshot) { snapshot_ = snapshot; }
  // Where to show how far reading all rows is; null: nowhere.
  void show(pg::Progress* progress) { progress_ = progress; }
  // Told of each row that cannot be a fact, as jsonb, with the reason.
  using RejectedVisitor = std::function<void(const capture::Source&, Datum row, const std::string& reason)>;
  void on_rejected(RejectedVisitor visit) { rejected_ = std::move(visit); }
  // Told of each row that is no fact or cannot be one.
  using OtherVisitor = std::function<void(const capture::Source&, capture::RowReader&)>;
  void on_other(OtherVisitor visit) { other_ = std::move(visit); }

 protected:
  // Tells of a row that is nobody's, as of one that is no fact.
  void tell_other(const capture::Source& source, capture::RowReader& reader) const {
    if (other_) other_(source, reader);
  }

  pg::Progress* progress_ = nullptr;

 private:
  // A value that an expression is to yield: a client's key, or a name.
  struct Sought {
    capture::Meaning meaning;
    std::optional<Datum> key;
    std::string name;
  };
  // What is sought (null: all rows), and whether the query that is run has found it.
  struct Seeking {
    const Sought* sought;
    bool found;
  };
  void read(const capture::Source& source, const Sought* sought, const Visitor& visit);
  void scan(const capture::Source& source, const Visitor& visit);
  void tell(const capture::Source& source, capture::RowReader& reader, capture::Verdict verdict,
            const capture::Fact& fact, const std::string& reason, const Seeking& seeking, const Visitor& visit) const;
  bool is_sought(const Sought& sought, const capture::RowReader& reader, const capture::Fact& fact) const;
  void run(const capture::Source& source, capture::RowReader& reader, const pg::Query& query,
           const std::vector<Datum>& arguments, Seeking seeking, const Visitor& visit);

  std::shared_ptr<const capture::Setup> setup_;
  Patience& patience_;
  bool passes_over_dropped_ = false;
  Snapshot snapshot_ = nullptr;
  RejectedVisitor rejected_;
  OtherVisitor other_;
};

}  // namespace winback::ledger
