// cadence(placed_at): how regularly a client buys.
#include <cmath>

#include "pg/entry.hpp"
#include "report/day_set.hpp"
#include "report/gaps.hpp"
#include "report/local_days.hpp"

extern "C" {
#include "utils/date.h"
#include "utils/fmgrprotos.h"
}

using namespace winback;

namespace {

// Adds a day to the state.
Datum add(FunctionCallInfo fcinfo, core::Day day) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  auto* days = pg::state_argument<report::DaySet>(fcinfo, 0);
  if (!days) days = pg::new_state<report::DaySet>(memory);
  days->add(day, memory);
  PG_RETURN_POINTER(days);
}

// So many days as an interval.
Datum interval_of(double days) {
  return pg::call([&] {
    Interval day = {0, 1, 0};
    return DirectFunctionCall2(interval_mul, IntervalPGetDatum(&day), Float8GetDatum(days));
  });
}

}  // namespace

WINBACK_FUNCTION(winback_cadence_add) {
  if (PG_ARGISNULL(1)) return pg::unchanged(fcinfo);
  const core::Instant at = PG_GETARG_TIMESTAMPTZ(1);
  if (TIMESTAMP_NOT_FINITE(at)) throw pg::Error(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "placed_at must be finite");
  return add(fcinfo, report::calendar_of(fcinfo).local_day(at));
}

WINBACK_FUNCTION(winback_cadence_add_day) {
  if (PG_ARGISNULL(1)) return pg::unchanged(fcinfo);
  const core::Day day = PG_GETARG_DATEADT(1);
  if (DATE_NOT_FINITE(day)) throw pg::Error(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "placed_on must be finite");
  return add(fcinfo, day);
}

WINBACK_FUNCTION(winback_cadence_combine) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  auto* one = pg::state_argument<report::DaySet>(fcinfo, 0);
  const auto* other = pg::state_argument<report::DaySet>(fcinfo, 1);
  if (!other) return pg::unchanged(fcinfo);
  if (!one) one = pg::new_state<report::DaySet>(memory);
  one->add(*other, memory);
  PG_RETURN_POINTER(one);
}

WINBACK_FUNCTION(winback_cadence_serialize) {
  pg::StateWriter out;
  pg::state_argument<report::DaySet>(fcinfo, 0)->write(out);
  return out.bytea();
}

WINBACK_FUNCTION(winback_cadence_deserialize) {
  pg::StateReader in(PG_GETARG_DATUM(0));
  auto* days = pg::new_state<report::DaySet>(CurrentMemoryContext);
  days->read(in, CurrentMemoryContext);
  PG_RETURN_POINTER(days);
}

WINBACK_FUNCTION(winback_cadence) {
  enum { kDays, kFirst, kLast, kMean, kMedian, kDeviation, kShortest, kLongest, kVariation, kColumns };
  auto* state = pg::state_argument<report::DaySet>(fcinfo, 0);
  if (!state) PG_RETURN_NULL();
  const auto days = state->ordered();
  pg::Values row(kColumns);
  row.set(kDays, Int32GetDatum(static_cast<std::int32_t>(days.size())));
  row.set(kFirst, DateADTGetDatum(days.front()));
  row.set(kLast, DateADTGetDatum(days.back()));
  if (days.size() > 1) {
    const core::Cadence cadence = core::cadence_of(days);
    row.set(kMean, report::mean_gap(days.front(), days.back(), static_cast<int>(days.size())));
    row.set(kMedian, interval_of(cadence.median));
    row.set(kShortest, interval_of(cadence.shortest));
    row.set(kLongest, interval_of(cadence.longest));
    if (days.size() > 2) {
      row.set(kDeviation, interval_of(cadence.deviation));
      row.set(kVariation, Float8GetDatum(cadence.variation));
    }
  }
  return pg::composite(fcinfo, row);
}
