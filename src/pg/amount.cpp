// See amount.hpp.
#include "pg/amount.hpp"

#include <algorithm>

#include "pg/money.hpp"

namespace winback::pg {

namespace {

constexpr int kDigitPlaces = 4;     // decimal places of a digit
constexpr std::size_t kMostDigits = 4;  // so many fit into 64 bits, whatever they are

// Multiplies by a power of ten; false if that is too large.
bool shift(std::int64_t& units, int places) {
  bool fits = true;
  for (; fits && places > 0 && units != 0; --places) fits = !__builtin_mul_overflow(units, 10, &units);
  return fits;
}

// The 16 bits at an offset.
std::uint16_t bits_at(std::string_view bytes, std::size_t offset) {
  std::uint16_t bits;
  std::memcpy(&bits, bytes.data() + offset, sizeof bits);
  return bits;
}

// What a varlena that is not compressed has in it.
std::string_view content(std::string_view varlena) {
  return {VARDATA_ANY(varlena.data()), VARSIZE_ANY_EXHDR(varlena.data())};
}

}  // namespace

Amount amount_of(Datum numeric) {
  const Amount left_to_the_server{0, 0, numeric};
  const std::string_view bytes = content(varlena_bytes(numeric));
  const unsigned head = bits_at(bytes, 0);
  const std::size_t digits = bytes.size() / 2 - 1;
  if (head >> 14 != 2 || digits > kMostDigits) return left_to_the_server;
  const int scale = head >> 7 & 0x3f;
  const int weight = static_cast<int>(head & 0x3f) - static_cast<int>(head & 0x40);
  std::int64_t units = 0;
  for (std::size_t i = 1; i <= digits; ++i) units = units * 10'000 + bits_at(bytes, 2 * i);
  int places = kDigitPlaces * (weight + 1 - static_cast<int>(digits)) + scale;
  for (; places < 0 && units != 0; ++places) {
    if (units % 10 != 0) return left_to_the_server;
    units /= 10;
  }
  if (!shift(units, places)) return left_to_the_server;
  return {head & 0x2000 ? -units : units, scale, 0};
}

bool is_finite(Datum numeric) { return bits_at(content(varlena_bytes(numeric)), 0) >> 14 != 3; }

Datum to_numeric(const Amount& amount) {
  if (amount.numeric != 0) return amount.numeric;
  return call([&] { return NumericGetDatum(int64_div_fast_to_numeric(amount.units, amount.scale)); });
}

Amount sum(const Amount& a, const Amount& b) {
  Amount result{0, std::max(a.scale, b.scale), 0};
  std::int64_t x = a.units, y = b.units;
  const bool fits = a.numeric == 0 && b.numeric == 0 && shift(x, result.scale - a.scale) &&
                    shift(y, result.scale - b.scale) && !__builtin_add_overflow(x, y, &result.units);
  if (!fits) result = {0, 0, add(to_numeric(a), to_numeric(b))};
  return result;
}

bool is_negative(const Amount& amount) {
  return amount.numeric != 0 ? compare(amount.numeric, money_of(0)) < 0 : amount.units < 0;
}

}  // namespace winback::pg
