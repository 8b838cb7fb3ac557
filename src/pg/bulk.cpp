// See bulk.hpp.
#include "pg/bulk.hpp"

#include <algorithm>

#include "pg/identity.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "access/heapam.h"
#include "catalog/index.h"
#include "commands/sequence.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
}

namespace winback::pg {

Bulk::Bulk(Oid relation) : context_(CurrentMemoryContext), id_(relation) {
  call([&] {
    relation_ = table_open(id_, NoLock);
    // Nobody else has seen it, so nobody is locked out while an index is made anew, and nobody draws numbers.
    is_new_ = relation_->rd_createSubid != InvalidSubTransactionId && RelationGetNumberOfBlocks(relation_) == 0;
    state_ = GetBulkInsertState();
    if (is_new_) return;
    executor_ = CreateExecutorState();
    target_ = makeNode(ResultRelInfo);
    InitResultRelInfo(target_, relation_, 0, nullptr, 0);
    ExecOpenIndices(target_, false);
  });
}

Bulk::~Bulk() {
  if (std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction gives it back
  detail::run_ignoring_errors([](void* arg) { static_cast<Bulk*>(arg)->close(); }, this);
}

// Closes what is open, guarded by the caller.
void Bulk::close() {
  if (!relation_) return;
  for (TupleTableSlot* slot : slots_) ExecDropSingleTupleTableSlot(slot);
  slots_.clear();
  FreeBulkInsertState(state_);
  if (executor_) {
    ExecCloseIndices(target_);
    FreeExecutorState(executor_);
  }
  table_close(relation_, NoLock);
  relation_ = nullptr;
}

Datum Bulk::next_identity(int column) {
  if (is_new_ && OidIsValid(sequence_)) return Int64GetDatum(++last_identity_);
  return call([&] {
    if (!OidIsValid(sequence_)) sequence_ = identity_sequence(relation_, column);
    last_identity_ = nextval_internal(sequence_, false);
    return Int64GetDatum(last_identity_);
  });
}

void Bulk::append(const Values& row) {
  const InContext in(context_);
  if (static_cast<int>(slots_.size()) == waiting_)
    slots_.push_back(call([&] { return table_slot_create(relation_, nullptr); }));
  call([&] {
    TupleTableSlot* slot = slots_[waiting_];
    ExecClearTuple(slot);
    std::copy_n(row.values.begin(), row.values.size(), slot->tts_values);
    std::copy_n(row.nulls.begin(), row.nulls.size(), slot->tts_isnull);
    ExecStoreVirtualTuple(slot);
    ExecMaterializeSlot(slot);
  });
  if (++waiting_ == kPortion) flush();
}

// Writes the rows that wait.
void Bulk::flush() {
  if (waiting_ == 0) return;
  const OwnContext scratch("winback rows", context_);
  const InContext in(scratch.get());
  call([&] {
    // A new table has no room but at its end.
    const int options = is_new_ ? TABLE_INSERT_SKIP_FSM : 0;
    table_multi_insert(relation_, slots_.data(), waiting_, GetCurrentCommandId(true), options, state_);
    for (int i = 0; executor_ && i < waiting_; ++i) {
      ResetPerTupleExprContext(executor_);
#if PG_VERSION_NUM >= 160000
      ExecInsertIndexTuples(target_, slots_[i], executor_, false, false, nullptr, NIL, false);
#else
      ExecInsertIndexTuples(target_, slots_[i], executor_, false, false, nullptr, NIL);
#endif
    }
    for (int i = 0; i < waiting_; ++i) ExecClearTuple(slots_[i]);
  });
  waiting_ = 0;
}

// Lets the sequence follow what was counted.
void Bulk::move_sequence() {
  if (!is_new_ || !OidIsValid(sequence_)) return;
  const AsRole owner(relation_->rd_rel->relowner);
  call([&] { DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence_), Int64GetDatum(last_identity_)); });
}

void Bulk::finish() {
  flush();
  move_sequence();
  call([&] {
    close();
    CommandCounterIncrement();
    if (!is_new_) return;
    ReindexParams how = {};
#if PG_VERSION_NUM >= 170000
    reindex_relation(nullptr, id_, 0, &how);
#else
    reindex_relation(id_, 0, &how);
#endif
    CommandCounterIncrement();
  });
}

}  // namespace winback::pg
