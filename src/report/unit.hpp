// The unit in which models count time.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace winback::report {

// Its days. A month has no length of its own.
inline double days_of(const Interval& unit) {
  const double days = unit.day + static_cast<double>(unit.time) / USECS_PER_DAY;
  if (unit.month == 0 && days > 0) return days;
  const char* const must = unit.month == 0 ? "be longer than nothing" : "be of days, without months or years";
  throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, std::string("unit must ") + must, {},
                  "Give a length like interval '7 days'.");
}

}  // namespace winback::report
