// Writing many rows to a ledger table that nobody else writes meanwhile: in portions. How indexes get their entries:
//
//   the table                            its indexes
//   -----------------------------------  ----------------------------------------------------------------------------
//   was made in this transaction, empty  are made at the end, each by one sort
//   any other                            row by row. To make one anew locks it against readers: that would wait for all
//                                        who have read the table and not ended yet, who may be waiting for us
#pragma once

#include <vector>

#include "pg/table.hpp"

namespace winback::pg {

class Bulk {
 public:
  // The caller holds a lock that keeps other writers out.
  explicit Bulk(Oid relation);
  ~Bulk();
  Bulk(const Bulk&) = delete;
  Bulk& operator=(const Bulk&) = delete;

  // Writes a row, now or with the next portion.
  void append(const Values& row);
  // Writes what is left, and makes the indexes if that is still to be done. Nothing else may have the table open with
  // its indexes then.
  void finish();

 private:
  static constexpr int kPortion = 500;
  void flush();
  void close();

  MemoryContext context_;
  Oid id_;
  Relation relation_ = nullptr;
  bool makes_indexes_;
  EState* executor_ = nullptr;
  ResultRelInfo* target_ = nullptr;
  BulkInsertStateData* state_ = nullptr;
  std::vector<TupleTableSlot*> slots_;
  int waiting_ = 0;  // rows in the slots
};

}  // namespace winback::pg
