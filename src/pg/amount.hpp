// Exact sums of money: as numeric, but added up as whole numbers while these are small. What stands in a row is read
// from the bytes that the server keeps of a numeric, which pg_upgrade leaves as they are:
//
//   head, 16 bits                                                  then
//   -------------------------------------------------------------  -------------------------------------------------
//   10, sign (1 bit), scale (6), weight of the first digit (7,     its digits to the base of 10,000, of 16 bits each,
//     signed)                                                        without zeros at either end
//   11 ...                                                         nothing: NaN or infinite
//   00 ..., 01 ...: a longer head                                  as above; such a number is left to the server
#pragma once

#include <cstdint>

#include "pg/memory.hpp"

namespace winback::pg {

struct Amount {
  std::int64_t units = 0;  // of which 10 to the power of `scale` make one
  int scale = 0;           // decimal places, as they are shown
  Datum numeric = 0;       // not 0: this it is
};

// Reads a numeric as it stands in a row. The amount may refer to it.
Amount amount_of(Datum numeric);
// Whether a numeric, as it stands in a row, is neither NaN nor infinite.
bool is_finite(Datum numeric);
// An amount as numeric, in the current context.
Datum to_numeric(const Amount& amount);
// The sum, with as many decimal places as the one that has more; in the current context, if not in whole numbers.
Amount sum(const Amount& a, const Amount& b);
// Whether it is less than nothing.
bool is_negative(const Amount& amount);

}  // namespace winback::pg
