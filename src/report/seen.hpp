// A small table of the ledger as the running statement sees it, for functions that a view calls with each row.
//
// They read it once a statement, at the first row, and keep what they read with their call's expression, which lives as
// long as the statement. Nothing is kept from one statement to the next: which rows a statement sees is its snapshot's
// to say (those of its own transaction at once, those of others after their commit, or, at REPEATABLE READ, not even
// then), and no invalidation message tells that. Of a table of a page or none, a scan costs about a microsecond.
//
// The caller's right to read the table is not asked: these functions say nothing but what the view shows.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "utils/datum.h"
}

namespace winback::report {

// A row of such a table.
class SeenRow {
 public:
  explicit SeenRow(TupleTableSlot* slot) : slot_(slot) {}

  bool is_null(const char* column) const { return slot_attisnull(slot_, number(column)); }
  // A value that is not null, where it lies.
  Datum value(const char* column) const {
    bool null;
    return slot_getattr(slot_, number(column), &null);
  }
  // A copy of it in the current memory context.
  Datum copy(const char* column) const {
    const auto* type = TupleDescAttr(slot_->tts_tupleDescriptor, number(column) - 1);
    return datumCopy(value(column), type->attbyval, type->attlen);
  }

 private:
  int number(const char* column) const { return SPI_fnumber(slot_->tts_tupleDescriptor, column); }

  TupleTableSlot* slot_;
};

// Visits the rows of winback.`table`; to be called guarded, with plain data only.
template <class Visit>
void each_seen(const char* table, Visit visit) {
  const Oid oid = get_relname_relid(table, get_namespace_oid("winback", false));
  if (!OidIsValid(oid)) elog(ERROR, "winback.%s is missing", table);
  Relation relation = table_open(oid, AccessShareLock);
  TupleTableSlot* slot = table_slot_create(relation, nullptr);
  TableScanDesc scan = table_beginscan(relation, GetActiveSnapshot(), 0, nullptr);
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) visit(SeenRow(slot));
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  table_close(relation, NoLock);
}

}  // namespace winback::report
