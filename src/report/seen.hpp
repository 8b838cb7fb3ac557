// A small table of the ledger as the running statement sees it, for functions that a view calls with each row.
//
// They read it once a statement, at the first row, and keep what they read with their call's expression, which lives as
// long as the statement. No row is kept from one statement to the next: which rows a statement sees is its snapshot's
// to say (those of its own transaction at once, those of others after their commit, or, at REPEATABLE READ, not even
// then), and no invalidation message tells that. Of a table of a page or none, a scan costs about a microsecond. Which
// table it is, and where its columns stand, is kept: an invalidation message tells when that changes.
//
// The caller's right to read the table is not asked: these functions say nothing but what the view shows.
#pragma once

#include <array>

#include "pg/guard.hpp"

extern "C" {
#include "utils/datum.h"
}

namespace winback::report {

// A row of such a table; its columns are numbered as they are given to SeenTable.
class SeenRow {
 public:
  SeenRow(TupleTableSlot* slot, const AttrNumber* numbers) : slot_(slot), numbers_(numbers) {}

  bool is_null(int column) const { return slot_->tts_isnull[numbers_[column] - 1]; }
  // A value that is not null, where it lies.
  Datum value(int column) const { return slot_->tts_values[numbers_[column] - 1]; }
  // A copy of it in the current memory context.
  Datum copy(int column) const {
    const auto* type = TupleDescAttr(slot_->tts_tupleDescriptor, numbers_[column] - 1);
    return datumCopy(value(column), type->attbyval, type->attlen);
  }

 private:
  TupleTableSlot* slot_;
  const AttrNumber* numbers_;
};

// A table of schema winback; lives as long as the session. Its methods are to be called guarded.
class SeenTable {
 public:
  static constexpr int kMostColumns = 4;
  using Columns = std::array<const char*, kMostColumns>;

  constexpr SeenTable(const char* name, Columns columns) : name_(name), columns_(columns) {}

  // Visits its rows; `visit` holds plain data only.
  template <class Visit>
  void each(Visit visit) {
    Relation relation = open();
    TupleTableSlot* slot = table_slot_create(relation, nullptr);
    TableScanDesc scan = table_beginscan(relation, GetActiveSnapshot(), 0, nullptr);
    while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
      slot_getallattrs(slot);
      visit(SeenRow(slot, numbers_.data()));
    }
    table_endscan(scan);
    ExecDropSingleTupleTableSlot(slot);
    table_close(relation, NoLock);
  }

 private:
  Relation open();
  static void forget(Datum self, Oid relation);

  const char* name_;
  Columns columns_;  // null: no more of them
  bool hooked_ = false;
  Oid oid_ = InvalidOid;                           // not valid: to be looked up
  std::array<AttrNumber, kMostColumns> numbers_{};  // of the columns, once oid_ is known
};

}  // namespace winback::report
