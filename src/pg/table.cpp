// See table.hpp.
//
// Waiting. Nothing here waits for another transaction by itself: rows are found with a dirty snapshot, locked with
// LockWaitSkip, and index entries are made with UNIQUE_CHECK_PARTIAL; a possible conflict is undone and reported. The
// caller decides, between two attempts, how long to go on. Updates and deletes are told to wait, which they never do,
// for the row is locked before: told not to, they would not even pass this transaction's own lock.
#include "pg/table.hpp"

#include <algorithm>
#include <cstring>

#include "pg/index_scan.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "access/heapam.h"
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
  IndexScanDesc scan = open_index_scan(table, index, snapshot, 1);
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

Table::Table(Oid relation) : context_(CurrentMemoryContext) {
  call([&] {
    relation_ = table_open(relation, NoLock);
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
        self->close_search();
        ExecDropSingleTupleTableSlot(self->found_);
        ExecDropSingleTupleTableSlot(self->row_);
        self->close_entries();
        table_close(self->relation_, NoLock);
      },
      this);
}

// Opens the indexes for new entries; guarded by the caller, as the next two.
void Table::open_indexes() {
  if (executor_) return;
  const MemoryContext before = MemoryContextSwitchTo(context_);
  executor_ = CreateExecutorState();
  target_ = makeNode(ResultRelInfo);
  InitResultRelInfo(target_, relation_, 0, nullptr, 0);
  ExecOpenIndices(target_, false);
  MemoryContextSwitchTo(before);
}

// Closes them.
void Table::close_entries() {
  if (!executor_) return;
  ExecCloseIndices(target_);
  FreeExecutorState(executor_);
  executor_ = nullptr;
}

void Table::close_indexes() {
  call([&] {
    close_search();
    close_entries();
  });
}

// Opens the search in one index.
void Table::open_search(Oid index) {
  if (search_.index == index) return;
  close_search();
  search_.relation = index_open(index, AccessShareLock);
  InitDirtySnapshot(search_.dirty);
  search_.scan = open_index_scan(relation_, search_.relation, &search_.dirty, 1);
  search_.index = index;
}

// Closes it.
void Table::close_search() {
  if (search_.scan) index_endscan(search_.scan);
  if (search_.relation) index_close(search_.relation, NoLock);
  search_ = {};
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

Oid identity_sequence(Relation relation, int column) {
#if PG_VERSION_NUM >= 170000
  return getIdentitySequence(relation, column + 1, false);
#else
  return getIdentitySequence(RelationGetRelid(relation), column + 1, false);
#endif
}

Datum Table::next_identity(int column) {
  return call([&] {
    if (!OidIsValid(sequence_)) sequence_ = identity_sequence(relation_, column);
    return Int64GetDatum(nextval_internal(sequence_, false));
  });
}

Values Table::row() const {
  call([&] { slot_getallattrs(found_); });
  Values row(columns());
  std::copy_n(found_->tts_values, columns(), row.values.begin());
  std::copy_n(found_->tts_isnull, columns(), row.nulls.begin());
  return row;
}

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

// Takes the row that an index entry leads to, as the dirty snapshot shows it, into found_, without a pin on its buffer;
// guarded by the caller. The heap is visited here and not by the index scan, for that would prune the page at every
// visit once it is fuller than its fillfactor, that is with every update of a row in it: a fifth of what a commit
// costs. Pruned it is when it has no room for two more versions.
Table::Seen Table::visit_heap(ItemPointerData place) {
  Buffer buffer = ReadBuffer(relation_, ItemPointerGetBlockNumber(&place));
  LockBuffer(buffer, BUFFER_LOCK_SHARE);
  HeapTupleData& tuple = reinterpret_cast<BufferHeapTupleTableSlot*>(found_)->base.tupdata;
  Seen seen = Seen::absent;
  bool all_dead = false;
  // Besides the row there may be what remains of an insert() that gave way to it and whose transaction still runs.
  for (bool first = true;
       seen != Seen::found && heap_hot_search_buffer(&place, relation_, buffer, &search_.dirty, &tuple,
                                                     first ? &all_dead : nullptr, first);
       first = false) {
    const bool others = TransactionIdIsValid(search_.dirty.xmin) || TransactionIdIsValid(search_.dirty.xmax);
    seen = others ? Seen::foreign : Seen::found;
  }
  if (seen == Seen::absent && all_dead && !search_.scan->xactStartedInRecovery) search_.scan->kill_prior_tuple = true;
  const bool is_full = seen == Seen::found && PageGetHeapFreeSpace(BufferGetPage(buffer)) < 2 * MAXALIGN(tuple.t_len);
  LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
  if (seen == Seen::found) {
    ExecStoreBufferHeapTuple(&tuple, found_, buffer);
    ExecMaterializeSlot(found_);
  }
  if (is_full) heap_page_prune_opt(relation_, buffer);
  ReleaseBuffer(buffer);
  return seen;
}

// Looks for the row with this key.
Table::Seen Table::look_up(Oid index, Datum key) {
  const InContext in(context_);  // what the scan keeps outlives this call
  return call([&] {
    CommandCounterIncrement();
    open_search(index);
    ScanKeyData scan_key;
    equality_key(&scan_key, search_.relation, key);
    index_rescan(search_.scan, &scan_key, 1, nullptr, 0);
    ExecClearTuple(found_);
    Seen seen = Seen::absent;
    while (seen != Seen::found) {
      const ItemPointer place = index_getnext_tid(search_.scan, ForwardScanDirection);
      if (!place) break;
      search_.scan->kill_prior_tuple = false;
      seen = std::max(seen, visit_heap(*place));
    }
    return seen;
  });
}

Grip Table::hold(Oid index, Datum key, const std::function<bool()>& wait) {
  for (;;) {
    const Seen seen = look_up(index, key);
    if (seen == Seen::absent) return Grip::absent;
    if (seen == Seen::foreign) {
      if (!wait()) return Grip::busy;
      continue;
    }
    bool again = false;
    const Grip grip = lock_found(wait, again);
    if (grip == Grip::held || !again) return grip;
  }
}

bool Table::find(Oid index, Datum key) { return look_up(index, key) == Seen::found; }

bool Table::hold_at(ItemPointerData place) {
  return call([&] {
    CommandCounterIncrement();
    return lock_row(place) == TM_Ok;
  });
}

// Puts a row into the slot that is written.
void Table::fill(const Values& row) {
  ExecClearTuple(row_);
  std::copy_n(row.values.begin(), columns(), row_->tts_values);
  std::copy_n(row.nulls.begin(), columns(), row_->tts_isnull);
  ExecStoreVirtualTuple(row_);
}

bool Table::insert(const Values& row) {
  return call([&] {
    open_indexes();
    ResetPerTupleExprContext(executor_);
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

// Replaces a row version, guarded by the caller; index entries only where the update could not be heap-only.
TM_Result Table::update(ItemPointerData place, const Values& row, bool wait, bool& conflict) {
  fill(row);
  row_->tts_tableOid = RelationGetRelid(relation_);
  TM_FailureData failure;
  LockTupleMode mode;
#if PG_VERSION_NUM >= 160000
  TU_UpdateIndexes indexes = TU_None;
#else
  bool indexes = false;
#endif
  const TM_Result result = table_tuple_update(relation_, &place, row_, GetCurrentCommandId(true), SnapshotSelf,
                                              InvalidSnapshot, wait, &failure, &mode, &indexes);
  conflict = false;
  if (result == TM_Ok && indexes) {
    open_indexes();
    ResetPerTupleExprContext(executor_);
#if PG_VERSION_NUM >= 160000
    List* recheck =
        ExecInsertIndexTuples(target_, row_, executor_, true, true, &conflict, NIL, indexes == TU_Summarizing);
#else
    List* recheck = ExecInsertIndexTuples(target_, row_, executor_, true, true, &conflict, NIL);
#endif
    conflict = conflict || recheck != NIL;
  }
  return result;
}

ItemPointerData Table::update_held(const Values& row) {
  bool conflict = false;
  const TM_Result result = call([&] { return update(found_->tts_tid, row, true, conflict); });
  if (result != TM_Ok || conflict)
    throw Error(ERRCODE_LOCK_NOT_AVAILABLE,
                std::string("a row of winback.") + RelationGetRelationName(relation_) + " could not be updated");
  return row_->tts_tid;
}

bool Table::replace_found(const Values& row) { return replace_at(found_->tts_tid, row); }

bool Table::replace_at(ItemPointerData place, const Values& row) {
  bool conflict = false;
  const TM_Result result = call([&] { return update(place, row, false, conflict); });
  if (conflict)
    throw Error(ERRCODE_LOCK_NOT_AVAILABLE,
                std::string("a row of winback.") + RelationGetRelationName(relation_) + " could not be updated");
  return result == TM_Ok;
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

void Table::scan(Oid index, Datum key, const Visitor& visit, Snapshot snapshot) {
  List* rows = call([&] {
    CommandCounterIncrement();
    Relation index_relation = index_open(index, AccessShareLock);
    PushActiveSnapshot(snapshot ? snapshot : GetLatestSnapshot());
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

void Table::scan_all(const Visitor& visit, Snapshot snapshot) {
  List* rows = call([&] {
    CommandCounterIncrement();
    PushActiveSnapshot(snapshot ? snapshot : GetLatestSnapshot());
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
