// Writing many rows to a ledger table that nobody else writes meanwhile: in portions. Where indexes get their entries
// and rows their numbers:
//
//   the table                            its indexes                         values of its identity column
//   -----------------------------------  ----------------------------------  ----------------------------------------
//   was made in this transaction, empty  are made at the end, each by one    are counted from the first one on; the
//                                        sort                                sequence, which nobody else sees, follows
//                                                                            at the end
//   any other                            row by row                          are drawn one by one
//
// To make an index anew locks it against readers: that would wait for all who have read the table and not ended yet,
// who may be waiting for us.
#pragma once

#include <cstdint>
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

  // The next value of an identity column, of which the table must have no other.
  Datum next_identity(int column);
  // Writes a row, now or with the next portion.
  void append(const Values& row);
  // Writes what is left, and does what is to be done at the end. Nothing else may have the table open with its indexes
  // then.
  void finish();

 private:
  static constexpr int kPortion = 500;
  void flush();
  void close();
  void move_sequence();

  MemoryContext context_;
  Oid id_;
  Relation relation_ = nullptr;
  bool is_new_;  // was made in this transaction, empty
  Oid sequence_ = InvalidOid;       // of the identity column; looked up when first needed
  std::int64_t last_identity_ = 0;  // given out
  EState* executor_ = nullptr;
  ResultRelInfo* target_ = nullptr;
  BulkInsertStateData* state_ = nullptr;
  std::vector<TupleTableSlot*> slots_;
  int waiting_ = 0;  // rows in the slots
};

}  // namespace winback::pg
