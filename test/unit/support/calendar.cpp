#include "support/calendar.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace winback::test {

using core::Day;
using core::Instant;
using core::Interval;

namespace {

namespace chrono = std::chrono;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr double kSecondsPerDay = 86400;
constexpr double kDaysPerMonth = 30;
constexpr chrono::sys_days kEpoch{chrono::year{2000} / chrono::January / 1};

// Division that rounds down, and what it leaves.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

chrono::sys_days sys_day(std::int64_t day) { return kEpoch + chrono::days{day}; }
std::int64_t day_number(chrono::sys_days day) { return (day - kEpoch).count(); }

// Is it summer time in Central Europe?
bool is_summer(Instant at) {
  const chrono::year year = chrono::year_month_day{sys_day(floor_div(at, kDay))}.year();
  const auto turn = [&](chrono::month month) {
    return day_number(chrono::sys_days{year / month / chrono::Sunday[chrono::last]}) * kDay + kHour;
  };
  return turn(chrono::March) <= at && at < turn(chrono::October);
}

// Rounds to whole microseconds, as the server does with fractions of a day.
double round_seconds(double seconds) { return std::rint(seconds * 1e6) / 1e6; }

// Puts fractions of months into days of 30 to a month, and those of days into time, as the server does where it
// multiplies or divides an interval.
Interval cascade(double months, double days, double microseconds) {
  const double spare_days = round_seconds((months - std::trunc(months)) * kDaysPerMonth);
  double seconds = (days - std::trunc(days) + spare_days - std::trunc(spare_days)) * kSecondsPerDay;
  seconds = round_seconds(seconds);
  const double carried_days = std::trunc(seconds / kSecondsPerDay);
  seconds -= carried_days * kSecondsPerDay;
  return {static_cast<std::int32_t>(months),
          static_cast<std::int32_t>(std::trunc(days) + carried_days + std::trunc(spare_days)),
          static_cast<std::int64_t>(std::rint(microseconds + seconds * 1e6))};
}

// Local time + interval: months first (the 31st becomes the month's last day), then days, then time.
std::int64_t add_to_local(std::int64_t local, Interval length) {
  const std::int64_t time_of_day = floor_mod(local, kDay);
  const chrono::year_month_day from{sys_day(floor_div(local, kDay))};
  const chrono::year_month to = chrono::year_month{from.year(), from.month()} + chrono::months{length.months};
  const chrono::day last = chrono::year_month_day_last{to.year(), chrono::month_day_last{to.month()}}.day();
  const chrono::sys_days day{to / (from.day() < last ? from.day() : last)};
  return (day_number(day) + length.days) * kDay + time_of_day + length.microseconds;
}

}  // namespace

TestCalendar::Local TestCalendar::local(Instant at) const {
  return zone_ == Zone::utc ? at : at + (is_summer(at) ? 2 : 1) * kHour;
}

// A local time that does not exist or exists twice is read as standard time, as the server does.
Instant TestCalendar::instant(Local local) const {
  if (zone_ == Zone::utc) return local;
  const bool summer = is_summer(local - 2 * kHour) && is_summer(local - kHour);
  return local - (summer ? 2 : 1) * kHour;
}

Day TestCalendar::local_day(Instant at) const { return static_cast<Day>(floor_div(local(at), kDay)); }

Instant TestCalendar::day_start(Day day) const { return instant(day * kDay); }

Instant TestCalendar::add(Instant at, Interval length) const { return instant(add_to_local(local(at), length)); }

Day TestCalendar::add_days(Day day, Interval length) const {
  return static_cast<Day>(floor_div(add_to_local(day * kDay, length), kDay));
}

Interval TestCalendar::mean(std::int32_t days, std::int32_t parts) const {
  return cascade(0, static_cast<double>(days) / parts, 0);
}

Interval TestCalendar::scale(Interval length, double factor) const {
  return cascade(length.months * factor, length.days * factor, static_cast<double>(length.microseconds) * factor);
}

Day TestCalendar::working_day(Day day) const {
  while (chrono::weekday{sys_day(day)}.iso_encoding() > 5) ++day;
  return day;
}

Instant TestCalendar::at(std::string_view text) const {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  const std::string copy(text);
  const int read = std::sscanf(copy.c_str(), "%d-%u-%u %d:%d:%lf", &year, &month, &day, &hour, &minute, &seconds);
  const chrono::year_month_day date{chrono::year{year}, chrono::month{month}, chrono::day{day}};
  if ((read != 3 && read < 5) || !date.ok()) throw std::invalid_argument("no local time: " + copy);
  return instant(day_number(chrono::sys_days{date}) * kDay + hour * kHour + minute * (60 * kSecond) +
                 std::llround(seconds * 1e6));
}

std::string TestCalendar::text(Instant at) const {
  const Local clock = local(at);
  const chrono::year_month_day date{sys_day(floor_div(clock, kDay))};
  const std::int64_t time = floor_mod(clock, kDay);
  char buffer[64];
  int length = std::snprintf(buffer, sizeof buffer, "%d-%02u-%02u", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const auto append = [&](const char* format, auto... values) {
    length += std::snprintf(buffer + length, sizeof buffer - static_cast<std::size_t>(length), format, values...);
  };
  if (time != 0) append(" %02d:%02d", static_cast<int>(time / kHour), static_cast<int>(time / (60 * kSecond) % 60));
  if (time % (60 * kSecond) != 0) append(":%02d", static_cast<int>(time / kSecond % 60));
  if (time % kSecond != 0) append(".%06d", static_cast<int>(time % kSecond));
  return {buffer, static_cast<std::size_t>(length)};
}

const TestCalendar& utc() {
  static const TestCalendar calendar(Zone::utc);
  return calendar;
}

const TestCalendar& central_europe() {
  static const TestCalendar calendar(Zone::central_europe);
  return calendar;
}

}  // namespace winback::test
