// Time as a wall clock and a calendar on the wall show it: what an axis is labelled with. Which wall, the caller says,
// by giving local times; so nothing here knows of time zones.
#pragma once

#include <cstdint>
#include <string>

namespace winback::picture {

// Microseconds since 2000-01-01 00:00 local time (timestamp).
using Local = std::int64_t;
inline constexpr Local kDay = 86'400'000'000;

struct Date {
  std::int64_t year = 2000;  // 0 is 1 BC
  int month = 1;
  int day = 1;
};

// The date of a local time, and the beginning of a date (of a proleptic Gregorian calendar).
Date date_of(Local at);
Local start_of(Date date);

// As 2024-03-05; as 2024-03-05 14:30.
std::string date_text(Local at);
std::string time_text(Local at);

enum class Unit { day, week, month, quarter, year };

// A stretch of the calendar: one unit, or, of years, several.
struct Period {
  Unit unit = Unit::day;
  std::int64_t years = 1;

  bool operator==(const Period&) const = default;
};

// The beginning of the period that holds `at`, and of the one after that which begins at `start`. Weeks begin on
// Monday; several years with a multiple of their number.
Local begin_of(Local at, Period period);
Local after(Local start, Period period);

// The period in words: day 2024-03-05, week of 2024-03-04, March 2024, January to March 2024, 2024, 2020 to 2024.
std::string name_of(Local start, Period period);
// The kind of period in words: by day, by week ... by 5 years.
std::string name_of(Period period);

// The name of a month: Mar, March.
std::string month_name(int month, bool in_full);
// A year in words: 2024, 45 BC.
std::string year_text(std::int64_t year);

// The period longer than this one that an axis goes over to next.
Period longer(Period period);

}  // namespace winback::picture
