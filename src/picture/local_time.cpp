// See local_time.hpp.
#include "picture/local_time.hpp"

#include <array>
#include <string_view>

namespace winback::picture {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::int64_t kEra = 146'097;    // days in 400 years, after which the calendar repeats itself
constexpr std::int64_t kEpoch = 730'425;  // 2000-01-01 in days since 0000-03-01
constexpr std::int64_t kMonday = 2;       // 2000-01-03

// Division that rounds down.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

// A number with leading zeros.
std::string padded(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

// Years are counted from March, so that the leap day is the last of its year.
Date date_of(Local at) {
  const std::int64_t days = floor_div(at, kDay) + kEpoch;
  const std::int64_t era = floor_div(days, kEra);
  const std::int64_t day = days - era * kEra;
  const std::int64_t year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const auto of_year = static_cast<int>(day - (365 * year + year / 4 - year / 100));
  const int month = (5 * of_year + 2) / 153;
  Date date;
  date.day = of_year - (153 * month + 2) / 5 + 1;
  date.month = month < 10 ? month + 3 : month - 9;
  date.year = year + era * 400 + (date.month <= 2);
  return date;
}

Local start_of(Date date) {
  const std::int64_t from_march = date.year - (date.month <= 2);
  const std::int64_t era = floor_div(from_march, 400);
  const std::int64_t year = from_march - era * 400;
  const int month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + date.day - 1;
  return (era * kEra + day - kEpoch) * kDay;
}

std::string year_text(std::int64_t year) { return year > 0 ? std::to_string(year) : std::to_string(1 - year) + " BC"; }

std::string date_text(Local at) {
  const Date date = date_of(at);
  const std::string year = date.year > 0 ? padded(date.year, 4) : padded(1 - date.year, 4);
  return year + '-' + padded(date.month, 2) + '-' + padded(date.day, 2) + (date.year > 0 ? "" : " BC");
}

std::string time_text(Local at) {
  const std::int64_t minute = (at - floor_div(at, kDay) * kDay) / 60'000'000;
  return date_text(at) + ' ' + padded(minute / 60, 2) + ':' + padded(minute % 60, 2);
}

Local begin_of(Local at, Period period) {
  const std::int64_t day = floor_div(at, kDay);
  const Date date = date_of(at);
  switch (period.unit) {
    case Unit::day:
      return day * kDay;
    case Unit::week:
      return (kMonday + floor_div(day - kMonday, 7) * 7) * kDay;
    case Unit::month:
      return start_of({date.year, date.month, 1});
    case Unit::quarter:
      return start_of({date.year, (date.month - 1) / 3 * 3 + 1, 1});
    case Unit::year:
      break;
  }
  return start_of({floor_div(date.year, period.years) * period.years, 1, 1});
}

Local after(Local start, Period period) {
  Date date = date_of(start);
  switch (period.unit) {
    case Unit::day:
      return start + kDay;
    case Unit::week:
      return start + 7 * kDay;
    case Unit::month:
    case Unit::quarter:
      date.month += period.unit == Unit::month ? 1 : 3;
      if (date.month > 12) ++date.year, date.month -= 12;
      return start_of(date);
    case Unit::year:
      break;
  }
  return start_of({date.year + period.years, 1, 1});
}

std::string month_name(int month, bool in_full) {
  const std::string_view name = kMonths[static_cast<std::size_t>(month - 1)];
  return std::string(in_full ? name : name.substr(0, 3));
}

std::string name_of(Local start, Period period) {
  const Date date = date_of(start);
  const std::string year = year_text(date.year);
  switch (period.unit) {
    case Unit::day:
      return date_text(start);
    case Unit::week:
      return "week of " + date_text(start);
    case Unit::month:
      return month_name(date.month, true) + ' ' + year;
    case Unit::quarter:
      return month_name(date.month, true) + " to " + month_name(date.month + 2, true) + ' ' + year;
    case Unit::year:
      break;
  }
  return period.years == 1 ? year : year + " to " + year_text(date.year + period.years - 1);
}

std::string name_of(Period period) {
  constexpr std::array<std::string_view, 5> kNames = {"by day", "by week", "by month", "by quarter", "by year"};
  if (period.years > 1) return "by " + std::to_string(period.years) + " years";
  return std::string(kNames[static_cast<std::size_t>(period.unit)]);
}

// 1, 2, 5, 10, 20, 50 ... years.
Period longer(Period period) {
  if (period.unit != Unit::year) return {static_cast<Unit>(static_cast<int>(period.unit) + 1), 1};
  std::int64_t leading = period.years;
  while (leading >= 10) leading /= 10;
  return {Unit::year, leading == 2 ? period.years / 2 * 5 : period.years * 2};
}

}  // namespace winback::picture
