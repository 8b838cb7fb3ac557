// A ledger table, written directly through the table access method: no triggers, no privileges, no snapshot of the
// transaction in the way, and no wait that is not asked for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pg/guard.hpp"

namespace winback::pg {

// The columns of one row: values and nulls by attribute number - 1.
struct Values {
  explicit Values(int columns) : values(columns, Datum(0)), nulls(columns, true) {}
  std::vector<Datum> values;
  std::vector<char> nulls;

  void set(int column, Datum value) { values[column] = value, nulls[column] = false; }
  void clear(int column) { values[column] = Datum(0), nulls[column] = true; }
};

// What became of an attempt to take hold of a row.
enum class Grip {
  held,    // locked by this transaction until it ends
  absent,  // there is no such row
  busy,    // another transaction holds it, and waiting longer was not allowed
};

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
  // transaction stands in the way, whether to try again; the row is then in held().
  Grip hold(Oid index, Datum key, const std::function<bool()>& wait);
  // Locks the row version at this place, without waiting; false if another transaction holds it or has replaced it.
  bool hold_at(ItemPointerData place);
  // The row that was held last.
  Values held() const;

  // Writes a row. False: a unique index may have it already (from a transaction that may still be running); then
  // nothing is left of the attempt.
  bool insert(const Values& row);
  // Replaces the row that is held.
  void update_held(const Values& row);
  // Deletes the row that is held.
  void delete_held();
  // Deletes the row at this place if no other transaction has touched it; true if it is gone.
  bool erase(ItemPointerData place);

  // Whether two rows are the same to the bit.
  bool same(const Values& a, const Values& b) const;

  // Visits the rows whose leading column in `index` equals `key`, as the newest committed state and this
  // transaction's own changes show them.
  void scan(Oid index, Datum key, const Visitor& visit);
  // Visits all rows likewise.
  void scan_all(const Visitor& visit);

 private:
  Values deform(TupleTableSlot* slot) const;
  TM_Result lock_row(ItemPointerData place);
  Grip lock_found(const std::function<bool()>& wait, bool& again);
  void fill(const Values& row);
  void visit_rows(List* rows, const Visitor& visit) const;

  Relation relation_;
  mutable int next_column_ = 0;  // the one after the last that column() found
  Oid sequence_ = InvalidOid;     // of the identity column; looked up when first needed, which most often is never
  EState* executor_;
  ResultRelInfo* target_;
  TupleTableSlot* row_;    // what is written
  TupleTableSlot* found_;  // what was found and is held
};

}  // namespace winback::pg
