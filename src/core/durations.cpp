// See durations.hpp.
#include "core/durations.hpp"

#include <algorithm>

namespace winback::core {

std::size_t gather(std::span<Cases> entries, std::size_t sorted) {
  if (entries.empty()) return 0;
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(sorted);
  std::ranges::sort(middle, entries.end(), {}, &Cases::key);
  std::ranges::inplace_merge(entries, middle, {}, &Cases::key);
  std::size_t last = 0;
  for (const Cases& cases : entries.subspan(1)) {
    if (cases.key == entries[last].key)
      entries[last].count += cases.count;
    else
      entries[++last] = cases;
  }
  return last + 1;
}

}  // namespace winback::core
