// xyz(amount [, x_limit, y_limit]) and cv(amount): how steady the amounts of periods are.
//
//   class   of a coefficient of variation cv = standard deviation (of all, not of a sample) / mean
//   null    of fewer than two periods: nothing varies yet
//   X       cv <= x_limit (0.10)
//   Y       cv <= y_limit (0.25)
//   Z       beyond, and where the mean is not positive: cv says nothing then, and is null
//
// Sums are exact, and so is the comparison: cv <= limit where n * squares - sum ^ 2 <= (limit * sum) ^ 2.
#include <cmath>

#include "pg/entry.hpp"
#include "pg/exact_sum.hpp"
#include "pg/word.hpp"

using namespace winback;

namespace {

// The limit of a class, if one is given; else it is the usual one.
struct ClassLimit {
  bool is_given;
  pg::Amount value;  // in whole numbers
};

struct State {
  std::int64_t periods;
  pg::ExactSum sum, squares;
  ClassLimit x, y;
};

// A limit that is an argument.
ClassLimit limit_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_NARGS() <= number) return {};
  if (PG_ARGISNULL(number)) throw pg::Error(ERRCODE_NULL_VALUE_NOT_ALLOWED, "a limit of winback.xyz is null");
  ClassLimit limit{true, {}};
  if (pg::is_finite(PG_GETARG_DATUM(number))) limit.value = pg::amount_of(PG_GETARG_DATUM(number));
  if (limit.value.numeric != 0 || limit.value.units <= 0)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "a limit of winback.xyz must be a positive number", {},
                    "It is a share of the mean; 0.10 and 0.25 are usual.");
  return limit;
}

bool same(const ClassLimit& a, const ClassLimit& b) {
  return a.is_given == b.is_given && a.value.units == b.value.units && a.value.scale == b.value.scale;
}

// The state of the aggregate, made if there is none; the limits must be those of the rows before.
State& state_of(State* state, const ClassLimit& x, const ClassLimit& y, MemoryContext memory) {
  if (!state) {
    if (x.is_given && pg::compare(pg::to_numeric(x.value), pg::to_numeric(y.value)) > 0)
      throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "the limit of X is greater than that of Y");
    state = pg::new_state<State>(memory);
    state->x = x, state->y = y;
  } else if (!same(state->x, x) || !same(state->y, y)) {
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE,
                    "the limits of winback.xyz must be the same for all rows of a group", {},
                    "Group by them, too, or give constants.");
  }
  return *state;
}

// An amount times itself.
pg::Amount square_of(const pg::Amount& amount) {
  pg::Amount square{0, 2 * amount.scale, 0};
  if (amount.numeric == 0 && !__builtin_mul_overflow(amount.units, amount.units, &square.units)) return square;
  const Datum numeric = pg::to_numeric(amount);
  return {0, 0, pg::call([&] { return DirectFunctionCall2(numeric_mul, numeric, numeric); })};
}

// Both sums as the comparison needs them.
struct Spread {
  Datum variance;    // n ^ 2 times that
  Datum mean;        // n ^ 2 times its square
  bool is_positive;  // the mean
};
Spread spread_of(const State& state) {
  const Datum sum = state.sum.numeric(), squares = state.squares.numeric();
  return pg::call([&] {
    const Datum periods = NumericGetDatum(int64_to_numeric(state.periods));
    const Datum square = DirectFunctionCall2(numeric_mul, sum, sum);
    const Datum all = DirectFunctionCall2(numeric_mul, periods, squares);
    const Datum zero = NumericGetDatum(int64_to_numeric(0));
    return Spread{DirectFunctionCall2(numeric_sub, all, square), square,
                  DatumGetBool(DirectFunctionCall2(numeric_gt, sum, zero))};
  });
}

// Whether the coefficient is no greater than a limit.
bool is_within(const Spread& spread, const ClassLimit& limit, const pg::Amount& usual) {
  const Datum share = pg::to_numeric(limit.is_given ? limit.value : usual);
  return pg::call([&] {
    const Datum square = DirectFunctionCall2(numeric_mul, share, share);
    return DatumGetBool(
        DirectFunctionCall2(numeric_le, spread.variance, DirectFunctionCall2(numeric_mul, square, spread.mean)));
  });
}

}  // namespace

WINBACK_FUNCTION(winback_xyz_add) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  const ClassLimit x = limit_argument(fcinfo, 2), y = limit_argument(fcinfo, 3);
  if (PG_ARGISNULL(1)) return pg::unchanged(fcinfo);
  if (!pg::is_finite(PG_GETARG_DATUM(1)))
    throw pg::Error(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "amount must be finite");
  State& state = state_of(pg::state_argument<State>(fcinfo, 0), x, y, memory);
  const pg::Amount amount = pg::amount_of(PG_GETARG_DATUM(1));
  ++state.periods;
  state.sum.add(amount, memory);
  state.squares.add(square_of(amount), memory);
  PG_RETURN_POINTER(&state);
}

WINBACK_FUNCTION(winback_xyz_combine) {
  const MemoryContext memory = pg::aggregate_memory(fcinfo);
  const auto* other = pg::state_argument<State>(fcinfo, 1);
  if (!other) return pg::unchanged(fcinfo);
  State& state = state_of(pg::state_argument<State>(fcinfo, 0), other->x, other->y, memory);
  state.periods += other->periods;
  state.sum.add(other->sum, memory);
  state.squares.add(other->squares, memory);
  PG_RETURN_POINTER(&state);
}

WINBACK_FUNCTION(winback_xyz_serialize) {
  const auto& state = *pg::state_argument<State>(fcinfo, 0);
  pg::StateWriter out;
  out.put(state.periods);
  out.put(state.x);
  out.put(state.y);
  state.sum.write(out);
  state.squares.write(out);
  return out.bytea();
}

WINBACK_FUNCTION(winback_xyz_deserialize) {
  pg::StateReader in(PG_GETARG_DATUM(0));
  auto* state = pg::new_state<State>(CurrentMemoryContext);
  state->periods = in.get<std::int64_t>();
  state->x = in.get<ClassLimit>();
  state->y = in.get<ClassLimit>();
  state->sum.read(in, CurrentMemoryContext);
  state->squares.read(in, CurrentMemoryContext);
  PG_RETURN_POINTER(state);
}

WINBACK_FUNCTION(winback_xyz) {
  static const pg::Word x("X"), y("Y"), z("Z");
  const auto* state = pg::state_argument<State>(fcinfo, 0);
  if (!state || state->periods < 2) PG_RETURN_NULL();
  const Spread spread = spread_of(*state);
  if (!spread.is_positive) return z.text();
  if (is_within(spread, state->x, {10, 2, 0})) return x.text();
  return (is_within(spread, state->y, {25, 2, 0}) ? y : z).text();
}

WINBACK_FUNCTION(winback_cv) {
  const auto* state = pg::state_argument<State>(fcinfo, 0);
  if (!state || state->periods < 2) PG_RETURN_NULL();
  const Spread spread = spread_of(*state);
  if (!spread.is_positive) PG_RETURN_NULL();
  const Datum square = pg::call([&] { return DirectFunctionCall2(numeric_div, spread.variance, spread.mean); });
  PG_RETURN_FLOAT8(std::sqrt(pg::to_double(square)));
}
