// Instants, days and intervals as PostgreSQL counts them, and the port through which the core asks for calendar
// arithmetic: only the server knows its time zones, and a date here must equal the same date in SQL to the last digit.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace winback::core {

// Microseconds since 2000-01-01 00:00:00 UTC (timestamptz). Their whole range is in use: of two far apart, one before
// 2000, the difference is no Instant.
using Instant = std::int64_t;
// Days since 2000-01-01 (date).
using Day = std::int32_t;

inline constexpr Instant kBeginningOfTime = std::numeric_limits<Instant>::min();  // -infinity
inline constexpr Instant kEndOfTime = std::numeric_limits<Instant>::max();        // infinity

inline constexpr Instant kEndOfCalendar = 9'223'371'331'200'000'000;  // beyond 294276-12-31 there is no date

// A calendar interval: months, days and microseconds are kept apart because their lengths differ.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;

  // The same interval back in time.
  constexpr Interval operator-() const { return {-months, -days, -microseconds}; }
  // So many times as long.
  constexpr Interval operator*(std::int32_t times) const {
    return {months * times, days * times, microseconds * times};
  }
  constexpr bool operator==(const Interval&) const = default;
};

// Calendar arithmetic in the policy's time zone.
class Calendar {
 public:
  virtual ~Calendar() = default;
  // The local day of an instant.
  virtual Day local_day(Instant at) const = 0;
  // The instant at which a local day begins.
  virtual Instant day_start(Day day) const = 0;
  // (at AT TIME ZONE zone + length) AT TIME ZONE zone.
  virtual Instant add(Instant at, Interval length) const = 0;
  // The day on which (day + length) falls.
  virtual Day add_days(Day day, Interval length) const = 0;
  // days * interval '1 day' / parts: the mean of `parts` gaps that together last `days` days.
  virtual Interval mean(std::int32_t days, std::int32_t parts) const = 0;
  // length * factor.
  virtual Interval scale(Interval length, double factor) const = 0;
  // This day if clients are contacted on it, else the next such day.
  virtual Day working_day(Day day) const = 0;
};

}  // namespace winback::core
