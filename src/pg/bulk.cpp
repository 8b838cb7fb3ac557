// See bulk.hpp.
#include "pg/bulk.hpp"

#include <algorithm>

#include "pg/memory.hpp"

extern "C" {
#include "access/heapam.h"
#include "catalog/index.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
}

namespace winback::pg {

Bulk::Bulk(Oid relation) : context_(CurrentMemoryContext), id_(relation) {
  call([&] {
    relation_ = table_open(id_, NoLock);
    // Made in this transaction: nobody else has seen it, so nobody is locked out while an index is made anew.
    makes_indexes_ = relation_->rd_createSubid != InvalidSubTransactionId && RelationGetNumberOfBlocks(relation_) == 0;
    state_ = GetBulkInsertState();
    if (makes_indexes_) return;
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
    table_multi_insert(relation_, slots_.data(), waiting_, GetCurrentCommandId(true), 0, state_);
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

void Bulk::finish() {
  flush();
  call([&] {
    close();
    CommandCounterIncrement();
    if (!makes_indexes_) return;
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
