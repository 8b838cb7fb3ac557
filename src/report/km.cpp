// The aggregate km(duration, ended): cases by duration, from which km_table(), km_quantile() and km_survival() read.
//
// Its state is one flat value, of type bytea for SQL: so it goes between the processes of a parallel plan, and between
// the nodes of Citus (which gathers all rows on one node for a state that is `internal`), as it is.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/durations.hpp"
#include "pg/aggregate.hpp"
#include "pg/entry.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "utils/array.h"
}

using namespace winback;

namespace {

struct State {
  std::int32_t head;  // of a varlena
  std::uint32_t magic;
  std::int64_t capacity, sorted, used;  // of the entries
  core::Cases entries[FLEXIBLE_ARRAY_MEMBER];

  std::span<core::Cases> cases() { return {entries, static_cast<std::size_t>(used)}; }
};
constexpr std::uint32_t kMagic = 0x776b6d31;
constexpr std::int64_t kFirst = 8;        // entries of a small group
constexpr std::int64_t kRoomy = 1024;     // from so many on there is no more room where gathering makes enough
constexpr std::int64_t kMost = 1 << 25;   // what fits into a value of the server, as does the result

Size size_of(std::int64_t capacity) { return offsetof(State, entries) + sizeof(core::Cases) * capacity; }

// A copy of a state, or a new one, with room for so many entries. The server keeps what a function returns.
State* copy_of(const State* state, std::int64_t capacity) {
  auto* copy = static_cast<State*>(pg::call([&] { return palloc(size_of(capacity)); }));
  if (state)
    std::memcpy(static_cast<void*>(copy), state, size_of(state->used));
  else
    copy->magic = kMagic, copy->sorted = copy->used = 0;
  copy->capacity = capacity;
  SET_VARSIZE(copy, size_of(capacity));
  return copy;
}

// A state that is an argument: where it lies, if it can be used there; null: there is none yet.
State* state_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return nullptr;
  auto* state = reinterpret_cast<State*>(PG_GETARG_POINTER(number));
  if (VARATT_IS_EXTENDED(state) || reinterpret_cast<std::uintptr_t>(state) % alignof(State) != 0)
    state = reinterpret_cast<State*>(pg::call([&] { return PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(number)); }));
  const bool is_state = VARSIZE(state) >= size_of(0) && state->magic == kMagic && state->capacity >= 0 &&
                        state->capacity <= kMost && VARSIZE(state) == size_of(state->capacity) && state->sorted >= 0 &&
                        state->sorted <= state->used && state->used <= state->capacity;
  if (!is_state) throw pg::Error(ERRCODE_INVALID_BINARY_REPRESENTATION, "a state of winback.km is damaged");
  return state;
}

// Gathers equal entries.
void gather(State& state) {
  state.used = state.sorted = static_cast<std::int64_t>(core::gather(state.cases(), state.sorted));
}

// The state with room for more entries, by gathering equal ones, or as a larger copy.
State* with_room(State* state, std::int64_t more) {
  if (!state) return copy_of(nullptr, std::max(kFirst, more));
  if (state->used + more <= state->capacity) return state;
  gather(*state);
  const std::int64_t needed = state->used + more;
  if (needed <= state->capacity / (state->capacity < kMost ? 2 : 1) && state->capacity >= kRoomy) return state;
  if (needed > kMost)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE,
                    "there are more than " + std::to_string(kMost) + " different durations", {},
                    "Round them, to whole days for instance.");
  return copy_of(state, std::min(kMost, std::max(2 * state->capacity, needed)));
}

// Adds a case.
Datum add(FunctionCallInfo fcinfo, double duration) {
  (void)pg::aggregate_memory(fcinfo);
  if (!(duration >= 0 && std::isfinite(duration)))
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "duration must be a finite number, 0 or more", {},
                    "Give the time from the beginning to the end, or to the day of looking where there is none yet.");
  State* state = with_room(state_argument(fcinfo, 0), 1);
  state->entries[state->used++] = core::one_case(duration, PG_GETARG_BOOL(2));
  PG_RETURN_POINTER(state);
}

// Whether the row is no case.
bool is_no_case(FunctionCallInfo fcinfo) { return PG_ARGISNULL(1) || PG_ARGISNULL(2); }

// An array of so many numbers of 8 bytes without a null, all of them 0: its elements are to be filled in.
template <class Number>
std::span<Number> new_array(Oid type, std::size_t length, Datum& array) {
  static_assert(sizeof(Number) == 8);
  const Size size = ARR_OVERHEAD_NONULLS(1) + sizeof(Number) * length;
  auto* head = static_cast<ArrayType*>(pg::call([&] { return palloc0(size); }));
  SET_VARSIZE(head, size);
  head->ndim = 1;
  head->elemtype = type;
  *ARR_DIMS(head) = static_cast<int>(length);
  *ARR_LBOUND(head) = 1;
  array = PointerGetDatum(head);
  return {reinterpret_cast<Number*>(ARR_DATA_PTR(head)), length};
}

}  // namespace

WINBACK_FUNCTION(winback_km_add) {
  if (is_no_case(fcinfo)) return pg::unchanged(fcinfo);
  return add(fcinfo, PG_GETARG_FLOAT8(1));
}

WINBACK_FUNCTION(winback_km_add_interval) {
  if (is_no_case(fcinfo)) return pg::unchanged(fcinfo);
  const Interval& duration = *PG_GETARG_INTERVAL_P(1);
  if (duration.month != 0)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "duration must be of days, without months or years", {},
                    "Subtract timestamps or dates, instead of taking their age().");
  return add(fcinfo, duration.day + static_cast<double>(duration.time) / USECS_PER_DAY);
}

WINBACK_FUNCTION(winback_km_combine) {
  (void)pg::aggregate_memory(fcinfo);
  State* other = state_argument(fcinfo, 1);
  if (!other) return pg::unchanged(fcinfo);
  State* state = with_room(state_argument(fcinfo, 0), other->used);
  std::memcpy(static_cast<void*>(&state->entries[state->used]), other->entries, sizeof(core::Cases) * other->used);
  state->used += other->used;
  PG_RETURN_POINTER(state);
}

WINBACK_FUNCTION(winback_km_final) {
  enum { kDurations, kEnded, kCensored, kColumns };
  (void)pg::aggregate_memory(fcinfo);
  State* state = state_argument(fcinfo, 0);
  if (!state) PG_RETURN_NULL();
  gather(*state);  // which says the same in fewer entries
  double before = -1;
  std::size_t length = 0;
  for (const core::Cases& cases : state->cases()) {
    length += core::duration_of(cases) != before;
    before = core::duration_of(cases);
  }
  Datum arrays[kColumns];
  const auto durations = new_array<double>(FLOAT8OID, length, arrays[kDurations]);
  const auto ended = new_array<std::int64_t>(INT8OID, length, arrays[kEnded]);
  const auto censored = new_array<std::int64_t>(INT8OID, length, arrays[kCensored]);
  std::size_t next = 0;
  for (const core::Cases& cases : state->cases()) {
    const double duration = core::duration_of(cases);
    if (next == 0 || durations[next - 1] != duration) durations[next++] = duration;
    (core::has_ended(cases) ? ended : censored)[next - 1] = cases.count;
  }
  pg::Values row(kColumns);
  for (int i = 0; i < kColumns; ++i) row.set(i, arrays[i]);
  return pg::composite(fcinfo, row);
}
