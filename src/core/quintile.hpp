// Quintiles of rows in order of their value, of which equal ones share one: that of the first of them.
#pragma once

#include <cstdint>

namespace winback::core {

// The quintile, 1 to 5, of a row of `rows` before which come so many: as equal in size as can be, the first ones the
// larger by one, as SQL's ntile(5) has them.
constexpr int quintile(std::int64_t before, std::int64_t rows) {
  const std::int64_t size = rows / 5, larger = rows % 5;
  if (before < larger * (size + 1)) return static_cast<int>(before / (size + 1)) + 1;
  return static_cast<int>((before - larger) / size) + 1;
}

}  // namespace winback::core
