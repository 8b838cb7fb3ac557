// Exact money: the server's numeric. Results live in the memory context that is current, if no other is given.
#pragma once

#include <cstdint>

#include "pg/guard.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace winback::pg {

// A whole number as money.
inline Datum money_of(std::int64_t amount) {
  return call([&] { return NumericGetDatum(int64_to_numeric(amount)); });
}
// A copy, whole where the row has it compressed or elsewhere.
inline Datum copy_money(Datum amount, MemoryContext context = CurrentMemoryContext) {
  return call([&] {
    const MemoryContext before = MemoryContextSwitchTo(context);
    const Datum copy = PointerGetDatum(PG_DETOAST_DATUM_COPY(amount));
    MemoryContextSwitchTo(before);
    return copy;
  });
}
// The sum.
inline Datum add(Datum a, Datum b) {
  return call([&] { return DirectFunctionCall2(numeric_add, a, b); });
}
// Less than, equal to, or greater than 0 as a is to b.
inline int compare(Datum a, Datum b) {
  return call([&] { return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b)); });
}
// The nearest float8.
inline double to_double(Datum a) {
  return call([&] { return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, a)); });
}

}  // namespace winback::pg
