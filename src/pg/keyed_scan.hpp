// Reads a table along with keys that ascend: one scan of the index that leads with the key, instead of a search a key.
#pragma once

#include <optional>

#include "pg/key.hpp"
#include "pg/table.hpp"

namespace winback::pg {

class KeyedScan {
 public:
  // What this snapshot shows is read; where none is given, what is committed now and what this transaction has done so
  // far, not what it does later.
  KeyedScan(Oid table, Oid index, const KeyType& key, Snapshot snapshot = nullptr);
  ~KeyedScan();
  KeyedScan(const KeyedScan&) = delete;
  KeyedScan& operator=(const KeyedScan&) = delete;

  using Visitor = std::function<void(const Values&, ItemPointerData)>;
  // Visits the rows with this key; each key must be greater than the one before. The values live until the next row,
  // those of the last one until the next call.
  void rows_of(Datum key, const Visitor& visit);
  // Visits the rows of all keys instead, in their order; likewise.
  void each(const Visitor& visit);

 private:
  void advance();
  void show(const Visitor& visit);

  const KeyType& key_;
  MemoryContext context_;
  Relation table_;
  Relation index_;
  int column_;  // of the key
  Snapshot snapshot_;
  IndexScanDesc scan_;
  TupleTableSlot* slot_;     // the next row; empty at the end
  TupleTableSlot* visited_;  // the one before: its page is held, or whoever prunes it could move the values
};

}  // namespace winback::pg
