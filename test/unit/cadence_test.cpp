// Cadence and quintiles, against figures worked out by hand.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "core/cadence.hpp"
#include "core/quintile.hpp"

namespace winback::core {
namespace {

TEST(Cadence, OfGapsIsWhatOneComputesByHand) {
  const std::array<Day, 5> days = {100, 110, 114, 134, 140};  // gaps 10, 4, 20, 6: mean 10, squares 0 + 36 + 100 + 16
  const Cadence cadence = cadence_of(days);
  EXPECT_EQ(cadence.median, 8);
  EXPECT_EQ(cadence.shortest, 4);
  EXPECT_EQ(cadence.longest, 20);
  EXPECT_NEAR(cadence.deviation, std::sqrt(152.0 / 3), 1e-12);
  EXPECT_NEAR(cadence.variation, std::sqrt(152.0 / 3) / 10, 1e-12);
}

TEST(Cadence, OfOneGapHasNoDeviation) {
  const std::array<Day, 2> days = {-5, 2};
  EXPECT_EQ(cadence_of(days).median, 7);
  EXPECT_TRUE(std::isnan(cadence_of(days).deviation));
  EXPECT_TRUE(std::isnan(cadence_of(days).variation));
}

TEST(Cadence, OfAClockworkHasNone) {
  const std::array<Day, 4> days = {0, 7, 14, 21};
  EXPECT_EQ(cadence_of(days).deviation, 0);
  EXPECT_EQ(cadence_of(days).median, 7);
}

TEST(Cadence, SpansTheWholeCalendar) {
  const std::array<Day, 3> days = {-2'147'483'000, 0, 2'147'483'000};
  EXPECT_EQ(cadence_of(days).longest, 2'147'483'000);
}

TEST(Cadence, OrdersDays) {
  std::vector<Day> days = {5, 3, 5, -1, 3};
  days.resize(order(days));
  EXPECT_EQ(days, (std::vector<Day>{-1, 3, 5}));
}

TEST(Quintile, CutsAsNtileDoes) {
  const auto cut = [](std::int64_t rows) {
    std::vector<int> quintiles;
    for (std::int64_t i = 0; i < rows; ++i) quintiles.push_back(quintile(i, rows));
    return quintiles;
  };
  EXPECT_EQ(cut(1), (std::vector{1}));
  EXPECT_EQ(cut(3), (std::vector{1, 2, 3}));
  EXPECT_EQ(cut(5), (std::vector{1, 2, 3, 4, 5}));
  EXPECT_EQ(cut(7), (std::vector{1, 1, 2, 2, 3, 4, 5}));
  EXPECT_EQ(cut(10), (std::vector{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}));
}

}  // namespace
}  // namespace winback::core
