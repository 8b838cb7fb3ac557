// purchase_summary(placed_at, amount [, until, unit]): what the models are told of a client.
//
//   given as      days are those of           until, if left out
//   ------------  --------------------------  ------------------------------
//   timestamptz   calendar_of()               winback.now()
//   date          whoever cut them            the day of that, likewise
//
// The same rules as winback.fit() has: purchases of one day are one, a null amount is 0, a negative one is a return and
// no purchase, nor is anything later than `until`.
#include <string>

#include "clock/now.hpp"
#include "pg/entry.hpp"
#include "pg/exact_sum.hpp"
#include "report/day_set.hpp"
#include "report/local_days.hpp"
#include "report/unit.hpp"

extern "C" {
#include "utils/date.h"
}

using namespace winback;

namespace {

// Until when purchases count, and the unit of time; the same for all rows of a group.
struct Terms {
  std::int64_t until;  // an instant, or a day
  core::Day day;       // of it
  Interval unit;
  double unit_days;
};

struct State {
  Terms terms;
  report::DaySet days;
  bool is_empty;
  core::Day first;               // if it is not
  pg::ExactSum on_first, total;  // of the amounts

  // Adds what was bought: on a day, or from that day on.
  template <class Money>
  void add(core::Day day, const Money& on_day, const Money& in_all, MemoryContext memory) {
    if (is_empty || day < first) {
      on_first.clear();
      first = day;
      is_empty = false;
    }
    if (day == first) on_first.add(on_day, memory);
    total.add(in_all, memory);
  }
};

// The state of the aggregate, made if there is none.
State& state_of(State* state, const Terms& terms, MemoryContext memory) {
  if (!state) {
    state = pg::new_state<State>(memory);
    state->terms = terms;
    state->is_empty = true;
  }
  return *state;
}

// Refuse a null, and a time that is infinite.
void require(FunctionCallInfo fcinfo, int number, const char* name) {
  if (PG_ARGISNULL(number))
    throw pg::Error(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not be null");
}
[[noreturn]] void refuse_infinite(const char* name) {
  throw pg::Error(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, std::string(name) + " must be finite");
}

// Refuses terms that are not those of the rows before.
void require_same(const Terms& known, std::int64_t until, const Interval& unit) {
  if (known.until != until || known.unit.day != unit.day || known.unit.time != unit.time ||
      known.unit.month != unit.month)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "until and unit must be the same for all rows of a group", {},
                    "Group by them, too, or give constants.");
}

// What the call says of them. `day_of` tells the day of a time.
template <class DayOf>
Terms terms_of(FunctionCallInfo fcinfo, const State* state, std::int64_t until, const DayOf& day_of) {
  constexpr Interval kWeek = {0, 7, 0};
  const Interval unit = PG_NARGS() > 3 ? *PG_GETARG_INTERVAL_P(4) : kWeek;
  if (!state) return {until, day_of(until), unit, report::days_of(unit)};
  require_same(state->terms, until, unit);
  return state->terms;
}

// Adds a purchase, if it is one.
template <class DayOf>
Datum add(FunctionCallInfo fcinfo, std::int64_t until, std::int64_t placed, const DayOf& day_of) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  auto* state = pg::state_argument<State>(fcinfo, 0);
  const Terms terms = terms_of(fcinfo, state, until, day_of);
  pg::Amount amount;
  if (!PG_ARGISNULL(2)) {
    if (!pg::is_finite(PG_GETARG_DATUM(2)))
      throw pg::Error(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "amount must be finite");
    amount = pg::amount_of(PG_GETARG_DATUM(2));
  }
  State& sum = state_of(state, terms, memory);
  if (placed <= sum.terms.until && !pg::is_negative(amount)) {
    const core::Day day = day_of(placed);
    sum.add(day, amount, amount, memory);
    sum.days.add(day, memory);
  }
  PG_RETURN_POINTER(&sum);
}

// Checks the arguments after the amount.
void require_terms(FunctionCallInfo fcinfo) {
  if (PG_NARGS() == 3) return;
  require(fcinfo, 3, "until");
  require(fcinfo, 4, "unit");
}

}  // namespace

WINBACK_FUNCTION(winback_purchase_add) {
  require_terms(fcinfo);
  if (PG_ARGISNULL(1)) return pg::unchanged(fcinfo);
  const bool is_given = PG_NARGS() > 3;
  const core::Instant until = is_given ? PG_GETARG_TIMESTAMPTZ(3) : clock::now();
  if (TIMESTAMP_NOT_FINITE(until)) refuse_infinite("until");
  if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(1))) refuse_infinite("placed_at");
  const auto& calendar = report::calendar_of(fcinfo);
  return add(fcinfo, until, PG_GETARG_TIMESTAMPTZ(1), [&](core::Instant at) { return calendar.local_day(at); });
}

WINBACK_FUNCTION(winback_purchase_add_day) {
  require_terms(fcinfo);
  if (PG_ARGISNULL(1)) return pg::unchanged(fcinfo);
  const bool is_given = PG_NARGS() > 3;
  const core::Day until = is_given ? PG_GETARG_DATEADT(3) : report::calendar_of(fcinfo).local_day(clock::now());
  if (DATE_NOT_FINITE(until)) refuse_infinite("until");
  if (DATE_NOT_FINITE(PG_GETARG_DATEADT(1))) refuse_infinite("placed_on");
  return add(fcinfo, until, PG_GETARG_DATEADT(1), [](std::int64_t day) { return static_cast<core::Day>(day); });
}

WINBACK_FUNCTION(winback_purchase_combine) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  auto* one = pg::state_argument<State>(fcinfo, 0);
  const auto* other = pg::state_argument<State>(fcinfo, 1);
  if (!other) return pg::unchanged(fcinfo);
  State& sum = state_of(one, other->terms, memory);
  require_same(sum.terms, other->terms.until, other->terms.unit);
  if (!other->is_empty) {
    sum.add(other->first, other->on_first, other->total, memory);
    sum.days.add(other->days, memory);
  }
  PG_RETURN_POINTER(&sum);
}

WINBACK_FUNCTION(winback_purchase_serialize) {
  const auto& state = *pg::state_argument<State>(fcinfo, 0);
  pg::StateWriter out;
  out.put(state.terms);
  out.put(state.first);
  out.put(state.is_empty);
  state.days.write(out);
  state.on_first.write(out);
  state.total.write(out);
  return out.bytea();
}

WINBACK_FUNCTION(winback_purchase_deserialize) {
  pg::StateReader in(PG_GETARG_DATUM(0));
  auto* state = pg::new_state<State>(CurrentMemoryContext);
  state->terms = in.get<Terms>();
  state->first = in.get<core::Day>();
  state->is_empty = in.get<bool>();
  state->days.read(in, CurrentMemoryContext);
  state->on_first.read(in, CurrentMemoryContext);
  state->total.read(in, CurrentMemoryContext);
  PG_RETURN_POINTER(state);
}

WINBACK_FUNCTION(winback_purchase_summary) {
  enum { kFrequency, kRecency, kAge, kMonetaryValue, kColumns };
  auto* state = pg::state_argument<State>(fcinfo, 0);
  if (!state || state->is_empty) PG_RETURN_NULL();
  const auto days = state->days.ordered();
  const auto frequency = static_cast<std::int32_t>(days.size()) - 1;
  const auto age_at = [&](core::Day day) {
    return Float8GetDatum((static_cast<double>(day) - days.front()) / state->terms.unit_days);
  };
  const Datum in_all = state->total.numeric(), on_first = state->on_first.numeric();
  const Datum mean = pg::call([&] {
    if (frequency == 0) return NumericGetDatum(int64_to_numeric(0));
    const Datum repeated = DirectFunctionCall2(numeric_sub, in_all, on_first);
    return DirectFunctionCall2(numeric_div, repeated, NumericGetDatum(int64_to_numeric(frequency)));
  });
  pg::Values row(kColumns);
  row.set(kFrequency, Int32GetDatum(frequency));
  row.set(kRecency, age_at(days.back()));
  row.set(kAge, age_at(state->terms.day));
  row.set(kMonetaryValue, mean);
  return pg::composite(fcinfo, row);
}
