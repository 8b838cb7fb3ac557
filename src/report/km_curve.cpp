// What a curve of winback.km() says: km_table(), km_quantile(), km_survival().
#include <cmath>

#include "core/kaplan_meier.hpp"
#include "pg/aggregate.hpp"
#include "pg/entry.hpp"
#include "pg/result.hpp"

extern "C" {
#include "utils/array.h"
}

using namespace winback;

namespace {

// The numbers of an array; false if it is none of that type with one dimension and without nulls.
template <class Number>
bool read_array(Datum value, Oid type, std::span<const Number>& numbers) {
  const auto* array = pg::call([&] { return DatumGetArrayTypeP(value); });
  if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != type) return false;
  numbers = {reinterpret_cast<const Number*>(ARR_DATA_PTR(array)), static_cast<std::size_t>(*ARR_DIMS(array))};
  return true;
}

// Whether it can be a curve: whoever has a row of that type could have made it by hand.
bool is_sound(const core::Curve& curve) {
  constexpr std::int64_t kMost = 1LL << 53;  // cases
  if (curve.ended.size() != curve.size() || curve.censored.size() != curve.size()) return false;
  double before = -1;
  std::int64_t cases = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const std::int64_t ended = curve.ended[i], censored = curve.censored[i];
    if (!(curve.durations[i] >= 0 && curve.durations[i] > before && std::isfinite(curve.durations[i]))) return false;
    if (ended < 0 || censored < 0 || ended > kMost - cases || censored > kMost - cases - ended) return false;
    if (ended + censored == 0) return false;
    before = curve.durations[i];
    cases += ended + censored;
  }
  return true;
}

// The curve that is the first argument.
core::Curve curve_argument(FunctionCallInfo fcinfo) {
  enum { kDurations, kEnded, kCensored, kColumns };
  const HeapTupleHeader row = pg::call([&] { return PG_GETARG_HEAPTUPLEHEADER(0); });
  core::Curve curve;
  bool is_whole = true;
  Datum arrays[kColumns];
  for (int i = 0; i < kColumns; ++i)
    pg::call([&] {
      bool is_null = false;
      arrays[i] = GetAttributeByNum(row, static_cast<AttrNumber>(i + 1), &is_null);
      is_whole = is_whole && !is_null;
    });
  if (is_whole && read_array(arrays[kDurations], FLOAT8OID, curve.durations) &&
      read_array(arrays[kEnded], INT8OID, curve.ended) && read_array(arrays[kCensored], INT8OID, curve.censored) &&
      is_sound(curve))
    return curve;
  throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "this is no curve of winback.km()");
}

// The standard errors on either side of an estimate, by the confidence that is asked for.
double reach_argument(FunctionCallInfo fcinfo, int number) {
  const double confidence = PG_GETARG_FLOAT8(number);
  if (!(confidence > 0 && confidence < 1))
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "confidence must be between 0 and 1", {}, "0.95 is usual.");
  return core::reach_of(confidence);
}

// Puts a number, or null.
void set(pg::Values& row, int column, const std::optional<double>& number) {
  if (number) row.set(column, Float8GetDatum(*number));
}

}  // namespace

// km_table(curve, confidence)
WINBACK_FUNCTION(winback_km_table) {
  enum { kDuration, kAtRisk, kEnded, kCensored, kSurvival, kError, kLow, kHigh };
  const core::Curve curve = curve_argument(fcinfo);
  const double reach = reach_argument(fcinfo, 1);
  const pg::ResultRows rows(fcinfo);
  core::KaplanMeier walk(curve.cases());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    pg::check_interrupts();
    pg::Values row = rows.row();
    row.set(kDuration, Float8GetDatum(curve.durations[i]));
    row.set(kAtRisk, Int64GetDatum(walk.left()));
    row.set(kEnded, Int64GetDatum(curve.ended[i]));
    row.set(kCensored, Int64GetDatum(curve.censored[i]));
    walk.pass(curve.ended[i], curve.censored[i]);
    const core::Estimate estimate = walk.estimate(reach);
    set(row, kSurvival, estimate.value);
    set(row, kError, walk.standard_error());
    set(row, kLow, estimate.low);
    set(row, kHigh, estimate.high);
    rows.put(row);
  }
  PG_RETURN_NULL();
}

// km_quantile(curve, quantile, confidence)
WINBACK_FUNCTION(winback_km_quantile) {
  enum { kDuration, kLow, kHigh, kColumns };
  const core::Curve curve = curve_argument(fcinfo);
  const double share = PG_GETARG_FLOAT8(1);
  if (!(share > 0 && share <= 1))
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "quantile must be greater than 0 and at most 1", {},
                    "0.5 is the median.");
  const core::Estimate found = core::quantile(curve, share, reach_argument(fcinfo, 2));
  pg::Values row(kColumns);
  set(row, kDuration, found.value);
  set(row, kLow, found.low);
  set(row, kHigh, found.high);
  return pg::composite(fcinfo, row);
}

// km_survival(curve, duration, confidence)
WINBACK_FUNCTION(winback_km_survival) {
  enum { kSurvival, kLow, kHigh, kColumns };
  const core::Curve curve = curve_argument(fcinfo);
  const double duration = PG_GETARG_FLOAT8(1);
  if (!(duration >= 0)) throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "duration must be 0 or more");
  const core::Estimate found = core::survival_at(curve, duration, reach_argument(fcinfo, 2));
  pg::Values row(kColumns);
  set(row, kSurvival, found.value);
  set(row, kLow, found.low);
  set(row, kHigh, found.high);
  return pg::composite(fcinfo, row);
}
