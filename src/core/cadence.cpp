// See cadence.hpp.
#include "core/cadence.hpp"

#include <algorithm>
#include <cmath>

namespace winback::core {

Cadence cadence_of(std::span<const Day> days) {
  std::vector<double> gaps(days.size() - 1);
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = static_cast<double>(days[i + 1]) - days[i];
  std::ranges::sort(gaps);
  const auto count = static_cast<double>(gaps.size());
  const double mean = (static_cast<double>(days.back()) - days.front()) / count;
  double squares = 0;
  for (const double gap : gaps) squares += (gap - mean) * (gap - mean);
  Cadence cadence;
  cadence.median = (gaps[(gaps.size() - 1) / 2] + gaps[gaps.size() / 2]) / 2;
  cadence.shortest = gaps.front();
  cadence.longest = gaps.back();
  cadence.deviation = std::sqrt(squares / (count - 1));
  cadence.variation = cadence.deviation / mean;
  return cadence;
}

std::size_t order(std::span<Day> days) {
  std::sort(days.begin(), days.end());
  return static_cast<std::size_t>(std::unique(days.begin(), days.end()) - days.begin());
}

}  // namespace winback::core
