// _mean_gap(first_day, last_day, purchase_days): the mean time between purchase days; null below two.
#include "pg/entry.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "utils/date.h"
#include "utils/fmgrprotos.h"
}

WINBACK_FUNCTION(winback_mean_gap) {
  const int purchase_days = PG_GETARG_INT32(2);
  if (purchase_days < 2) PG_RETURN_NULL();
  Interval between = {};
  between.day = PG_GETARG_DATEADT(1) - PG_GETARG_DATEADT(0);
  return winback::pg::call([&] {
    return DirectFunctionCall2(interval_div, IntervalPGetDatum(&between), Float8GetDatum(purchase_days - 1));
  });
}
