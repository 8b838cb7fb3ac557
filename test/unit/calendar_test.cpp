// The test calendar counts as PostgreSQL does: the expected values are what a server answers.
#include <gtest/gtest.h>

#include "support/calendar.hpp"

namespace winback::test {
namespace {

using core::Interval;

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;

// An instant moved by an interval, as text.
std::string moved(const TestCalendar& calendar, std::string_view from, Interval length) {
  return calendar.text(calendar.add(calendar.at(from), length));
}

TEST(Calendar, CountsInstantsFromTheYear2000) {
  EXPECT_EQ(utc().at("2000-01-01"), 0);
  EXPECT_EQ(utc().at("2000-01-01 00:00:00.000001"), 1);
  EXPECT_EQ(utc().at("1999-12-31 23:00"), -kHour);
  EXPECT_EQ(central_europe().at("2000-01-01 01:00"), 0);
  EXPECT_EQ(central_europe().at("2000-07-01 02:00"), utc().at("2000-07-01"));
  EXPECT_THROW(utc().at("2023-02-29"), std::invalid_argument);
}

TEST(Calendar, ShortensDatesToTheMonthsLastDay) {
  EXPECT_EQ(moved(utc(), "2023-11-30 12:00", months(3)), "2024-02-29 12:00");
  EXPECT_EQ(moved(utc(), "2024-01-31 10:00", months(3)), "2024-04-30 10:00");
  EXPECT_EQ(moved(utc(), "2024-03-31", -months(1)), "2024-02-29");
  EXPECT_EQ(utc().add_days(utc().local_day(utc().at("2024-01-31")), {1, 1, 30 * kHour}),
            utc().local_day(utc().at("2024-03-02")));
}

TEST(Calendar, KeepsTheLocalTimeOfDayWhenTheClocksChange) {
  EXPECT_EQ(moved(central_europe(), "2024-01-31 10:00", months(3)), "2024-04-30 10:00");
  EXPECT_EQ(moved(central_europe(), "2024-03-30 12:00", hours(24)), "2024-03-31 12:00");
  EXPECT_EQ(central_europe().at("2024-03-31 12:00") - central_europe().at("2024-03-30 12:00"), 23 * kHour);
  EXPECT_EQ(central_europe().day_start(central_europe().local_day(central_europe().at("2024-10-27 23:30"))),
            utc().at("2024-10-26 22:00"));
}

TEST(Calendar, ReadsHoursThatDoNotExistOrExistTwiceAsStandardTime) {
  EXPECT_EQ(moved(central_europe(), "2024-02-29 02:30", {1, 2, 0}), "2024-03-31 03:30");
  EXPECT_EQ(central_europe().add(central_europe().at("2024-07-27 02:30"), months(3)), utc().at("2024-10-27 01:30"));
}

TEST(Calendar, DividesDaysIntoGaps) {
  EXPECT_EQ(utc().mean(30, 3), days(10));
  EXPECT_EQ(utc().mean(10, 3), (Interval{0, 3, 8 * kHour}));
  EXPECT_EQ(utc().mean(100, 7), (Interval{0, 14, 24'685'714'286}));
  EXPECT_EQ(utc().mean(1000, 999), (Interval{0, 1, 86'486'486}));
}

TEST(Calendar, MultipliesIntervalsPartByPart) {
  EXPECT_EQ(utc().scale(days(10), 1.5), days(15));
  EXPECT_EQ(utc().scale({0, 33, 15'709'090'909}, 1.5), (Interval{0, 49, 66'763'636'364}));
  EXPECT_EQ(utc().scale({3, 10, 5 * kHour}, 0.7), (Interval{2, 10, 3 * kHour + 30 * kMinute}));
  EXPECT_EQ(utc().scale({-3, -10, -5 * kHour}, 0.7), (Interval{-2, -10, -3 * kHour - 30 * kMinute}));
  EXPECT_EQ(utc().scale(months(1), 1.999), (Interval{1, 29, 83'808'000'000}));
  EXPECT_EQ(utc().scale({1, 29, 86'399'999'999}, 2.5), (Interval{2, 87, 259'199'999'998}));
}

TEST(Calendar, CallsFromMondayToFriday) {
  const auto day = [](std::string_view text) { return utc().local_day(utc().at(text)); };
  EXPECT_EQ(utc().working_day(day("2024-05-03")), day("2024-05-03"));
  EXPECT_EQ(utc().working_day(day("2024-05-04")), day("2024-05-06"));
}

}  // namespace
}  // namespace winback::test
