// An external sort of rows by their leading columns: in work_mem, and on disk beyond it.
#pragma once

#include <vector>

#include "pg/table.hpp"

extern "C" {
#include "access/tupdesc.h"
#include "utils/tuplesort.h"
}

namespace winback::pg {

class Sort {
 public:
  // A column; rows are ordered by the leading ones that have an operator, nulls last.
  struct Column {
    Oid type;
    Oid less = InvalidOid;
    Oid collation = InvalidOid;
  };

  explicit Sort(const std::vector<Column>& columns) {
    call([&] {
      const int count = static_cast<int>(columns.size());
      description_ = CreateTemplateTupleDesc(count);
      AttrNumber numbers[kMostColumns];
      Oid operators[kMostColumns], collations[kMostColumns];
      bool nulls_first[kMostColumns] = {};
      int keys = 0;
      for (int i = 0; i < count; ++i) {
        TupleDescInitEntry(description_, static_cast<AttrNumber>(i + 1), nullptr, columns[i].type, -1, 0);
        if (!OidIsValid(columns[i].less)) continue;
        numbers[keys] = static_cast<AttrNumber>(i + 1);
        operators[keys] = columns[i].less;
        collations[keys++] = columns[i].collation;
      }
      sort_ = tuplesort_begin_heap(description_, keys, numbers, operators, collations, nulls_first, work_mem, nullptr,
                                   TUPLESORT_NONE);
      slot_ = MakeSingleTupleTableSlot(description_, &TTSOpsMinimalTuple);
      input_ = MakeSingleTupleTableSlot(description_, &TTSOpsVirtual);
    });
  }
  ~Sort() {
    if (std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction gives it back
    detail::run_ignoring_errors(
        [](void* arg) {
          auto* self = static_cast<Sort*>(arg);
          tuplesort_end(self->sort_);
          ExecDropSingleTupleTableSlot(self->slot_);
          ExecDropSingleTupleTableSlot(self->input_);
        },
        this);
  }
  Sort(const Sort&) = delete;
  Sort& operator=(const Sort&) = delete;

  // An empty row to be filled in and put.
  Values row() const { return Values(description_->natts); }
  void put(const Values& row) {
    call([&] {
      ExecClearTuple(input_);
      for (int i = 0; i < description_->natts; ++i) {
        input_->tts_values[i] = row.values[i];
        input_->tts_isnull[i] = row.nulls[i];
      }
      ExecStoreVirtualTuple(input_);
      tuplesort_puttupleslot(sort_, input_);
    });
  }
  // To be called once, after the last put().
  void sort() {
    call([&] { tuplesort_performsort(sort_); });
  }
  // Goes to the next row; false at the end.
  bool next() {
    return call([&] {
      const bool more = tuplesort_gettupleslot(sort_, true, false, slot_, nullptr);
      if (more) slot_getallattrs(slot_);
      return more;
    });
  }
  // A value of the present row; it lives until the next one.
  Datum value(int column) const { return slot_->tts_values[column]; }
  bool null(int column) const { return slot_->tts_isnull[column]; }

 private:
  static constexpr int kMostColumns = 32;
  TupleDesc description_;
  Tuplesortstate* sort_;
  TupleTableSlot* slot_;
  TupleTableSlot* input_;
};

}  // namespace winback::pg
