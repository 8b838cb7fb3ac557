// See table.hpp.
//
// Waiting. Nothing here waits for another transaction by itself: rows are found with a dirty snapshot, locked with
// LockWaitSkip, and index entries are made with UNIQUE_CHECK_PARTIAL; a possible conflict is undone and reported. The
// caller decides, between two attempts, how long to go on. Updates and deletes are told to wait, which they never do,
// for the row is locked before: told not to, they would not even pass this transaction's own lock.
#include "pg/table.hpp"

#include <cstring>

extern "C" {
#include "access/stratnum.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "commands/sequence.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
#include "utils/datum.h"
}

namespace winback::pg {

namespace {

// A scan key for equality on the leading column of an index.
void equality_key(ScanKey key, Relation index, Datum value) {
  const Oid family = index->rd_opfamily[0];
  const Oid type = index->rd_opcintype[0];
  const StrategyNumber strategy = index->rd_rel->relam == HASH_AM_OID ? StrategyNumber(HTEqualStrategyNumber)
                                                                      : StrategyNumber(BTEqualStrategyNumber);
  const Oid op = get_opfamily_member(family, type, type, strategy);
  ScanKeyEntryInitialize(key, 0, 1, strategy, type, index->rd_indcollation[0], get_opcode(op), value);
}

// Opens a scan of the rows with this key.
IndexScanDesc begin_scan(Relation table, Relation index, Snapshot snapshot, ScanKey key) {
#if PG_VERSION_NUM >= 180000
  IndexScanDesc scan = index_beginscan(table, index, snapshot, nullptr, 1, 0);
#else
  IndexScanDesc scan = index_beginscan(table, index, snapshot, 1, 0);
#endif
  index_rescan(scan, key, 1, nullptr, 0);
  return scan;
}

// A copy of a row, and where it stands.
struct GatheredRow {
  HeapTuple tuple;
  ItemPointerData place;
};

// Copies all rows that `next` puts into its slot: what a visitor does must not run under an open scan.
template <class Next>
List* gather(Relation relation, Next next) {
  List* rows = NIL;
  TupleTableSlot* slot = table_slot_create(relation, nullptr);
  while (next(slot)) {
    auto* row = static_cast<GatheredRow*>(palloc(sizeof(GatheredRow)));
    row->tuple = ExecCopySlotHeapTuple(slot);
    row->place = slot->tts_tid;
    rows = lappend(rows, row);
  }
  ExecDropSingleTupleTableSlot(slot);
  return rows;
}

}  // namespace

Table::Table(Oid relation) {
  call([&] {
    relation_ = table_open(relation, NoLock);
    executor_ = CreateExecutorState();
    target_ = makeNode(ResultRelInfo);
    InitResultRelInfo(target_, relation_, 0, nullptr, 0);
    ExecOpenIndices(target_, false);
    row_ = MakeSingleTupleTableSlot(RelationGetDescr(relation_), &TTSOpsVirtual);
    found_ = table_slot_create(relation_, nullptr);
  });
}

Table::~Table() {
  // When an exception passes, the transaction or subtransaction that it ends gives everything back.
  if (std::uncaught_exceptions() > 0) return;
  detail::run_ignoring_errors(
      [](void* arg) {
        auto* self = static_cast<Table*>(arg);
        ExecDropSingleTupleTableSlot(self->found_);
        ExecDropSingleTupleTableSlot(self->row_);
        ExecCloseIndices(self->target_);
        table_close(self->relation_, NoLock);
        FreeExecutorState(self->executor_);
      },
      this);
}

int Table::column(const char* name) const {
  // Columns are asked for in the order in which they stand: the catalog is asked only where one is out of it.
  if (next_column_ < columns()) {
    const Form_pg_attribute next = TupleDescAttr(RelationGetDescr(relation_), next_column_);
    if (!next->attisdropped && std::strcmp(NameStr(next->attname), name) == 0) return next_column_++;
  }
  const AttrNumber number = call([&] { return get_attnum(RelationGetRelid(relation_), name); });
  if (number == InvalidAttrNumber)
    throw Error(ERRCODE_UNDEFINED_COLUMN,
                std::string("table winback.") + RelationGetRelationName(relation_) + " has no column \"" + name + "\"",
                "The ledger is not of this version of winback.",
                "Run SELECT winback.init(NULL) to bring the ledger up to date.");
  next_column_ = number;
  return number - 1;
}

Datum Table::next_identity(int column) {
  return call([&] {
    if (!OidIsValid(sequence_)) {
#if PG_VERSION_NUM >= 170000
      sequence_ = getIdentitySequence(relation_, column + 1, false);
#else
      sequence_ = getIdentitySequence(RelationGetRelid(relation_), column + 1, false);
#endif
    }
    return Int64GetDatum(nextval_internal(sequence_, false));
  });
}

// The columns of the row in a slot.
Values Table::deform(TupleTableSlot* slot) const {
  call([&] { slot_getallattrs(slot); });
  Values row(columns());
  for (int i = 0; i < columns(); ++i) {
    row.values[i] = slot->tts_values[i];
    row.nulls[i] = slot->tts_isnull[i];
  }
  return row;
}

Values Table::held() const { return deform(found_); }

// Locks a row version, to be run guarded; it is in found_ then.
TM_Result Table::lock_row(ItemPointerData place) {
  TM_FailureData failure;
  const TM_Result result = table_tuple_lock(relation_, &place, SnapshotSelf, found_, GetCurrentCommandId(false),
                                            LockTupleNoKeyExclusive, LockWaitSkip, 0, &failure);
  ExecMaterializeSlot(found_);
  return result;
}

// Locks the row in found_; sets `again` where another version of it must be looked for.
Grip Table::lock_found(const std::function<bool()>& wait, bool& again) {
  again = false;
  const TM_Result result = call([&] { return lock_row(found_->tts_tid); });
  switch (result) {
    case TM_Ok:
      return Grip::held;
    case TM_Updated:
    case TM_Deleted:
      again = true;
      return Grip::busy;
    default:
      again = wait();
      return Grip::busy;
  }
}

Grip Table::hold(Oid index, Datum key, const std::function<bool()>& wait) {
  for (;;) {
    enum { absent, foreign, found } seen = call([&] {
      CommandCounterIncrement();
      Relation index_relation = index_open(index, AccessShareLock);
      SnapshotData dirty;
      InitDirtySnapshot(dirty);
      ScanKeyData scan_key;
      equality_key(&scan_key, index_relation, key);
      IndexScanDesc scan = begin_scan(relation_, index_relation, &dirty, &scan_key);
      decltype(seen) result = absent;
      // Besides the row there may be what remains of an insert() that gave way to it and whose transaction still runs.
      while (result != found && index_getnext_slot(scan, ForwardScanDirection, found_)) {
        const bool others = TransactionIdIsValid(dirty.xmin) || TransactionIdIsValid(dirty.xmax);
        result = others ? foreign : found;
      }
      // A buffer that is pinned must not outlive the subtransaction that the caller may be in.
      if (result == found) ExecMaterializeSlot(found_);
      else ExecClearTuple(found_);
      index_endscan(scan);
      index_close(index_relation, NoLock);
      return result;
    });
    if (seen == absent) return Grip::absent;
    if (seen == foreign) {
      if (!wait()) return Grip::busy;
      continue;
    }
    bool again = false;
    const Grip grip = lock_found(wait, again);
    if (grip == Grip::held || !again) return grip;
  }
}

bool Table::hold_at(ItemPointerData place) {
  return call([&] {
    CommandCounterIncrement();
    return lock_row(place) == TM_Ok;
  });
}

// Puts a row into the slot that is written.
void Table::fill(const Values& row) {
  ResetPerTupleExprContext(executor_);
  ExecClearTuple(row_);
  for (int i = 0; i < columns(); ++i) {
    row_->tts_values[i] = row.values[i];
    row_->tts_isnull[i] = row.nulls[i];
  }
  ExecStoreVirtualTuple(row_);
}

bool Table::insert(const Values& row) {
  return call([&] {
    fill(row);
    table_tuple_insert(relation_, row_, GetCurrentCommandId(true), 0, nullptr);
    bool conflict = false;
    if (target_->ri_NumIndices > 0) {
#if PG_VERSION_NUM >= 160000
      List* recheck = ExecInsertIndexTuples(target_, row_, executor_, false, true, &conflict, NIL, false);
#else
      List* recheck = ExecInsertIndexTuples(target_, row_, executor_, false, true, &conflict, NIL);
#endif
      conflict = conflict || recheck != NIL;
    }
    CommandCounterIncrement();
    if (!conflict) return true;
    simple_table_tuple_delete(relation_, &row_->tts_tid, SnapshotSelf);
    CommandCounterIncrement();
    return false;
  });
}

void Table::update_held(const Values& row) {
  const bool done = call([&] {
    fill(row);
    ItemPointerData place = found_->tts_tid;
    row_->tts_tableOid = RelationGetRelid(relation_);
    TM_FailureData failure;
    LockTupleMode mode;
    bool conflict = false;
    List* recheck = NIL;
#if PG_VERSION_NUM >= 160000
    TU_UpdateIndexes indexes;
    const TM_Result result = table_tuple_update(relation_, &place, row_, GetCurrentCommandId(true), SnapshotSelf,
                                                InvalidSnapshot, true, &failure, &mode, &indexes);
    if (result == TM_Ok && indexes != TU_None)
      recheck = ExecInsertIndexTuples(target_, row_, executor_, true, true, &conflict, NIL, indexes == TU_Summarizing);
#else
    bool indexes;
    const TM_Result result = table_tuple_update(relation_, &place, row_, GetCurrentCommandId(true), SnapshotSelf,
                                                InvalidSnapshot, true, &failure, &mode, &indexes);
    if (result == TM_Ok && indexes)
      recheck = ExecInsertIndexTuples(target_, row_, executor_, true, true, &conflict, NIL);
#endif
    CommandCounterIncrement();
    return result == TM_Ok && !conflict && recheck == NIL;
  });
  if (!done)
    throw Error(ERRCODE_LOCK_NOT_AVAILABLE,
                std::string("a row of winback.") + RelationGetRelationName(relation_) + " could not be updated");
}

void Table::delete_held() {
  if (!erase(found_->tts_tid))
    throw Error(ERRCODE_LOCK_NOT_AVAILABLE,
                std::string("a row of winback.") + RelationGetRelationName(relation_) + " could not be deleted");
}

bool Table::erase(ItemPointerData place) {
  return call([&] {
    TM_FailureData failure;
    TupleTableSlot* slot = table_slot_create(relation_, nullptr);
    const TM_Result locked = table_tuple_lock(relation_, &place, SnapshotSelf, slot, GetCurrentCommandId(false),
                                              LockTupleExclusive, LockWaitSkip, 0, &failure);
    ExecDropSingleTupleTableSlot(slot);
    if (locked != TM_Ok) return false;
    const TM_Result result = table_tuple_delete(relation_, &place, GetCurrentCommandId(true), SnapshotSelf,
                                                InvalidSnapshot, true, &failure, false);
    CommandCounterIncrement();
    return result == TM_Ok;
  });
}

bool Table::same(const Values& a, const Values& b) const {
  return call([&] {
    TupleDesc description = RelationGetDescr(relation_);
    for (int i = 0; i < description->natts; ++i) {
      if (a.nulls[i] != b.nulls[i]) return false;
      const Form_pg_attribute attribute = TupleDescAttr(description, i);
      if (a.nulls[i]) continue;
      if (!datum_image_eq(a.values[i], b.values[i], attribute->attbyval, attribute->attlen)) return false;
    }
    return true;
  });
}

void Table::scan(Oid index, Datum key, const Visitor& visit) {
  List* rows = call([&] {
    CommandCounterIncrement();
    Relation index_relation = index_open(index, AccessShareLock);
    PushActiveSnapshot(GetLatestSnapshot());
    ScanKeyData scan_key;
    equality_key(&scan_key, index_relation, key);
    IndexScanDesc scan = begin_scan(relation_, index_relation, GetActiveSnapshot(), &scan_key);
    List* gathered = gather(
        relation_, [&](TupleTableSlot* slot) { return index_getnext_slot(scan, ForwardScanDirection, slot); });
    index_endscan(scan);
    PopActiveSnapshot();
    index_close(index_relation, NoLock);
    return gathered;
  });
  visit_rows(rows, visit);
}

void Table::scan_all(const Visitor& visit) {
  List* rows = call([&] {
    CommandCounterIncrement();
    PushActiveSnapshot(GetLatestSnapshot());
    TableScanDesc scan = table_beginscan(relation_, GetActiveSnapshot(), 0, nullptr);
    List* gathered = gather(
        relation_, [&](TupleTableSlot* slot) { return table_scan_getnextslot(scan, ForwardScanDirection, slot); });
    table_endscan(scan);
    PopActiveSnapshot();
    return gathered;
  });
  visit_rows(rows, visit);
}

// Hands gathered rows to the visitor.
void Table::visit_rows(List* rows, const Visitor& visit) const {
  for (int i = 0; i < list_length(rows); ++i) {
    const auto* row = static_cast<GatheredRow*>(list_nth(rows, i));
    Values values(columns());
    call([&] {
      heap_deform_tuple(row->tuple, RelationGetDescr(relation_), values.values.data(),
                        reinterpret_cast<bool*>(values.nulls.data()));
    });
    visit(values, row->place);
  }
}

}  // namespace winback::pg
