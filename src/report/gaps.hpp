// The mean gap between purchase days, as SQL has it.
#pragma once

#include "core/time.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace winback::report {

// (last - first) * interval '1 day' / (purchase_days - 1), of two days or more.
inline Datum mean_gap(core::Day first, core::Day last, int purchase_days) {
  Interval between = {};
  between.day = last - first;
  return pg::call([&] {
    return DirectFunctionCall2(interval_div, IntervalPGetDatum(&between), Float8GetDatum(purchase_days - 1));
  });
}

}  // namespace winback::report
