// See keyed_scan.hpp.
#include "pg/keyed_scan.hpp"

#include "pg/index_scan.hpp"
#include "pg/memory.hpp"

namespace winback::pg {

KeyedScan::KeyedScan(Oid table, Oid index, const KeyType& key, Snapshot snapshot)
    : key_(key), context_(CurrentMemoryContext) {
  call([&] {
    CommandCounterIncrement();
    table_ = table_open(table, AccessShareLock);
    index_ = index_open(index, AccessShareLock);
    column_ = index_->rd_index->indkey.values[0] - 1;
    snapshot_ = RegisterSnapshot(snapshot ? snapshot : GetLatestSnapshot());
    scan_ = open_index_scan(table_, index_, snapshot_, 0);
    index_rescan(scan_, nullptr, 0, nullptr, 0);
    slot_ = table_slot_create(table_, nullptr);
    visited_ = table_slot_create(table_, nullptr);
  });
  advance();
}

KeyedScan::~KeyedScan() {
  if (std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction gives it back
  detail::run_ignoring_errors(
      [](void* arg) {
        auto* self = static_cast<KeyedScan*>(arg);
        ExecDropSingleTupleTableSlot(self->slot_);
        ExecDropSingleTupleTableSlot(self->visited_);
        index_endscan(self->scan_);
        UnregisterSnapshot(self->snapshot_);
        index_close(self->index_, NoLock);
        table_close(self->table_, NoLock);
      },
      this);
}

// Goes to the next row. Rows without a key come last, and are nobody's.
void KeyedScan::advance() {
  const InContext in(context_);  // what the scan keeps outlives this call
  std::swap(slot_, visited_);
  call([&] {
    if (!index_getnext_slot(scan_, ForwardScanDirection, slot_)) {
      ExecClearTuple(slot_);
      return;
    }
    slot_getallattrs(slot_);
    if (slot_->tts_isnull[column_]) ExecClearTuple(slot_);
  });
}

// Hands the next row to a visitor.
void KeyedScan::show(const Visitor& visit) {
  Values row(slot_->tts_tupleDescriptor->natts);
  std::copy_n(slot_->tts_values, row.values.size(), row.values.begin());
  std::copy_n(slot_->tts_isnull, row.nulls.size(), row.nulls.begin());
  visit(row, slot_->tts_tid);
}

void KeyedScan::rows_of(Datum key, const Visitor& visit) {
  for (; !TTS_EMPTY(slot_); advance()) {
    const int order = key_.compare(slot_->tts_values[column_], key);
    if (order > 0) return;
    if (order == 0) show(visit);
  }
}

void KeyedScan::each(const Visitor& visit) {
  for (; !TTS_EMPTY(slot_); advance()) show(visit);
}

}  // namespace winback::pg
