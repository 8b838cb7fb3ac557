// _mean_gap(first_day, last_day, purchase_days): the mean time between purchase days; null below two.
#include "pg/entry.hpp"
#include "report/gaps.hpp"

extern "C" {
#include "utils/date.h"
}

WINBACK_FUNCTION(winback_mean_gap) {
  const int purchase_days = PG_GETARG_INT32(2);
  if (purchase_days < 2) PG_RETURN_NULL();
  return winback::report::mean_gap(PG_GETARG_DATEADT(0), PG_GETARG_DATEADT(1), purchase_days);
}
