// A ledger table, a heap, written directly through the table access method: no triggers, no privileges, no snapshot of
// the transaction in the way, and no wait that is not asked for.
#pragma once

#include <boost/container/small_vector.hpp>
#include <functional>
#include <string>

#include "pg/guard.hpp"

namespace winback::pg {

// The columns of one row: values and nulls by attribute number - 1.
struct Values {
  explicit Values(int columns) : values(columns, Datum(0)), nulls(columns, true) {}
  boost::container::small_vector<Datum, 48> values;
  boost::container::small_vector<char, 48> nulls;

  void set(int column, Datum value) { values[column] = value, nulls[column] = false; }
  void clear(int column) { values[column] = Datum(0), nulls[column] = true; }
};

// What became of an attempt to take hold of a row.
enum class Grip {
  held,    // locked by this transaction until it ends
  absent,  // there is no such row
  busy,    // another transaction holds it, and waiting longer was not allowed
};

// The sequence of an identity column, which is the only one of its table; to be run guarded.
Oid identity_sequence(Relation relation, int column);

class Table {
 public:
  // Opens the table; the caller must hold a lock on it that suffices for what follows.
  explicit Table(Oid relation);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  using Visitor = std::function<void(const Values&, ItemPointerData)>;

  int columns() const { return RelationGetDescr(relation_)->natts; }
  // Position (attribute number - 1) of a column; an Error if there is none.
  int column(const char* name) const;
  // The next value of an identity column, of which the table must have no other.
  Datum next_identity(int column);

  // Finds the row with this key in the unique index `index` and locks it. `wait` is asked, each time that another
  // transaction stands in the way, whether to try again; the row is then in row().
  Grip hold(Oid index, Datum key, const std::function<bool()>& wait);
  // Finds it without locking it; false where there is none, or another transaction has its hands on it.
  bool find(Oid index, Datum key);
  // Replaces the row that was found, if it is still what was found and nobody holds it; false, with nothing done, if
  // not. What is found and replaced so is held from then on, for the price of one visit instead of two.
  bool replace_found(const Values& row);
  // Replaces the row version at this place, where a lock on the table keeps other writers out; false if another
  // transaction holds it all the same.
  bool replace_at(ItemPointerData place, const Values& row);
  // Lets go of the indexes until they are needed again.
  void close_indexes();
  // Locks the row version at this place, without waiting; false if another transaction holds it or has replaced it.
  bool hold_at(ItemPointerData place);
  // The row that was held, or found, last.
  Values row() const;

  // Writes a row. False: a unique index may have it already (from a transaction that may still be running); then
  // nothing is left of the attempt.
  bool insert(const Values& row);
  // Replaces the row that is held; returns where it stands now.
  ItemPointerData update_held(const Values& row);
  // Deletes the row that is held.
  void delete_held();
  // Deletes the row at this place if no other transaction has touched it; true if it is gone.
  bool erase(ItemPointerData place);

  // Whether two rows are the same to the bit.
  bool same(const Values& a, const Values& b) const;

  // Visits the rows whose leading column in `index` equals `key`, as the newest committed state and this
  // transaction's own changes show them.
  void scan(Oid index, Datum key, const Visitor& visit, Snapshot snapshot = nullptr);
  // Visits all rows likewise.
  void scan_all(const Visitor& visit, Snapshot snapshot = nullptr);

 private:
  enum class Seen { absent, foreign, found };
  // A search by key that stays open: looking up one key after another costs a descent each, and nothing else.
  struct Search {
    Oid index = InvalidOid;
    Relation relation = nullptr;
    SnapshotData dirty;
    IndexScanDesc scan = nullptr;
  };
  Seen visit_heap(ItemPointerData place);
  Seen look_up(Oid index, Datum key);
  void open_search(Oid index);
  void close_search();
  void open_indexes();
  void close_entries();
  TM_Result lock_row(ItemPointerData place);
  TM_Result update(ItemPointerData place, const Values& row, bool wait, bool& conflict);
  Grip lock_found(const std::function<bool()>& wait, bool& again);
  void fill(const Values& row);
  void visit_rows(List* rows, const Visitor& visit) const;

  MemoryContext context_;  // the one that was current at the beginning
  Relation relation_;
  mutable int next_column_ = 0;  // the one after the last that column() found
  Oid sequence_ = InvalidOid;     // of the identity column; looked up when first needed, which most often is never
  Search search_;
  EState* executor_ = nullptr;       // with the indexes: opened when there is an entry to be made
  ResultRelInfo* target_ = nullptr;  // likewise
  TupleTableSlot* row_;    // what is written
  TupleTableSlot* found_;  // what was found, and perhaps is held
};

}  // namespace winback::pg
