// The rows that a set-returning function returns, gathered in a tuplestore.
#pragma once

#include "pg/table.hpp"

namespace winback::pg {

class ResultRows {
 public:
  explicit ResultRows(FunctionCallInfo fcinfo) {
    call([&] { InitMaterializedSRF(fcinfo, 0); });
    info_ = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  }

  // An empty row to be filled in and put.
  Values row() const { return Values(info_->setDesc->natts); }
  void put(Values& row) const {
    call([&] {
      tuplestore_putvalues(info_->setResult, info_->setDesc, row.values.data(),
                           reinterpret_cast<bool*>(row.nulls.data()));
    });
  }

 private:
  ReturnSetInfo* info_;
};

}  // namespace winback::pg
