// The Kaplan-Meier estimate: of published patients, of a published shop, and at its edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "core/durations.hpp"
#include "core/kaplan_meier.hpp"
#include "support/shop.hpp"

namespace winback::core {
namespace {

struct Seen {
  std::vector<double> durations;
  std::vector<std::int64_t> ended, censored;
  Curve curve() const { return {durations, ended, censored}; }
};

Seen seen(std::vector<Cases> cases) {
  Seen seen;
  cases.resize(gather(cases, 0));
  for (const Cases& some : cases) {
    if (seen.durations.empty() || seen.durations.back() != duration_of(some)) {
      seen.durations.push_back(duration_of(some));
      seen.ended.push_back(0);
      seen.censored.push_back(0);
    }
    (has_ended(some) ? seen.ended : seen.censored).back() += some.count;
  }
  return seen;
}

Seen seen(const std::vector<double>& ended, const std::vector<double>& censored) {
  std::vector<Cases> cases;
  cases.reserve(ended.size() + censored.size());
  for (const double duration : ended) cases.push_back(one_case(duration, true));
  for (const double duration : censored) cases.push_back(one_case(duration, false));
  return seen(cases);
}

// Weeks in remission of the 21 patients with 6-mercaptopurine: Freireich et al. 1963.
Seen patients() {
  return seen({6, 6, 6, 7, 10, 13, 16, 22, 23}, {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35});
}
const double reach = reach_of(0.95);

TEST(KaplanMeier, TellsOfPublishedPatientsWhatIsPublished) {
  EXPECT_NEAR(reach, 1.959963984540054, 1e-12);
  struct Published {
    double week, survival, error, low, high;
  };
  const Seen cases = patients();
  KaplanMeier walk(cases.curve().cases());
  EXPECT_EQ(walk.left(), 21);
  std::size_t i = 0;
  for (const Published& p : {Published{6, .8571, .0764, .6197, .9516}, {7, .8067, .0869, .5631, .9228},
                             {10, .7529, .0963, .5032, .8894}, {13, .6902, .1068, .4316, .8491},
                             {16, .6275, .1141, .3675, .8049}, {22, .5378, .1282, .2678, .7468},
                             {23, .4482, .1346, .1881, .6801}}) {
    for (; i < cases.durations.size() && cases.durations[i] <= p.week; ++i)
      walk.pass(cases.ended[i], cases.censored[i]);
    const Estimate estimate = walk.estimate(reach);
    EXPECT_NEAR(*estimate.value, p.survival, 5.1e-5) << p.week;
    EXPECT_NEAR(*walk.standard_error(), p.error, 5.1e-5) << p.week;
    EXPECT_NEAR(*estimate.low, p.low, 5.1e-5) << p.week;
    EXPECT_NEAR(*estimate.high, p.high, 5.1e-5) << p.week;
    EXPECT_EQ(survival_at(cases.curve(), p.week, reach).value, estimate.value);
  }
  const Estimate median = quantile(cases.curve(), 0.5, reach);
  EXPECT_EQ(median.value, 23);
  EXPECT_EQ(median.low, 13);
  EXPECT_FALSE(median.high);
  EXPECT_EQ(quantile(cases.curve(), 0.25, reach).value, 13);
  EXPECT_FALSE(quantile(cases.curve(), 0.6, reach).value);
}

// How long clients of CDNOW were silent before they bought again, those included that have not yet.
TEST(KaplanMeier, TellsOfAShopWhatTheReferenceTells) {
  const auto orders = test::reference_file("data/cdnow_sample_orders.csv");
  if (!orders) GTEST_SKIP();
  std::map<std::string, std::set<int>> days;
  const auto day_of = [](const std::string& date) {
    static constexpr std::array kBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};  // of 1997, 1998
    return 365 * std::stoi(date.substr(0, 4)) + kBefore[std::stoul(date.substr(5, 2)) - 1] + std::stoi(date.substr(8));
  };
  const int until = day_of("1997-09-30");
  for (const auto& row : test::csv_rows(*orders))
    if (const int day = day_of(row.at("order_date")); day <= until) days[row.at("customer_id")].insert(day);
  std::vector<double> ended, censored;
  for (const auto& [client, bought] : days) {
    for (auto next = std::next(bought.begin()); next != bought.end(); ++next)
      ended.push_back(*next - *std::prev(next));
    censored.push_back(until - *bought.rbegin());
  }
  const Seen silences = seen(ended, censored);
  for (const auto& [day, share] : {std::pair(30, .714), {60, .606}, {77, .575}, {90, .558}, {120, .524}, {180, .473},
                                   {240, .446}})
    EXPECT_NEAR(*survival_at(silences.curve(), day, reach).value, share, 5.1e-4) << day;
}

TEST(KaplanMeier, OfCasesThatHaveAllEndedIsTheirShare) {
  const Seen cases = seen({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {});
  for (const double day : {1, 3, 5, 9}) EXPECT_EQ(survival_at(cases.curve(), day, reach).value, (10 - day) / 10);
  EXPECT_EQ(survival_at(cases.curve(), 0, reach).value, 1);
  EXPECT_EQ(survival_at(cases.curve(), 1e9, reach).value, 0) << "everybody is known to have ended";
  EXPECT_FALSE(survival_at(cases.curve(), 10, reach).low) << "no limits at 0";
  for (const double share : {0.1, 0.3, 0.7, 1.0}) EXPECT_EQ(quantile(cases.curve(), share, reach).value, 10 * share);
}

TEST(KaplanMeier, SaysNothingOfTimesThatNobodyWasSeen) {
  const Seen none_ended = seen({}, {5, 8});
  EXPECT_EQ(survival_at(none_ended.curve(), 8, reach).value, 1);
  EXPECT_FALSE(survival_at(none_ended.curve(), 8, reach).low);
  EXPECT_FALSE(survival_at(none_ended.curve(), 8.001, reach).value);
  EXPECT_FALSE(quantile(none_ended.curve(), 0.5, reach).value);
  EXPECT_FALSE(survival_at({}, 0, reach).value);
  EXPECT_FALSE(quantile({}, 0.5, reach).value);
}

// Who was seen last when another ended was there until then.
TEST(KaplanMeier, CountsTheCensoredOfADurationAmongThoseAtRisk) {
  EXPECT_EQ(survival_at(seen({5}, {5}).curve(), 5, reach).value, 0.5);
}

// Rounding must not keep a median from being one half.
TEST(KaplanMeier, ReachesAQuantileThatItIsAt) {
  std::vector<double> ended, censored;
  for (int day = 1; day <= 49; ++day) ended.push_back(day), censored.push_back(day);
  double survival = 1;
  const Seen cases = seen(ended, censored);
  for (int day = 1; day <= 20; ++day) survival *= 1 - 1.0 / (98 - 2 * (day - 1));
  EXPECT_EQ(quantile(cases.curve(), 1 - survival, reach).value, 20);
}

TEST(KaplanMeier, KeepsItsPrecisionOverManyDurations) {
  constexpr double kCases = 2'000'000, kEnded = 1'000'000, kBefore = 500'001;  // ended when the only one is censored
  KaplanMeier walk(static_cast<std::int64_t>(kCases));
  for (int i = 1; i <= kEnded; ++i) walk.pass(1, i == kBefore);
  EXPECT_NEAR(walk.survival(), (kCases - kBefore) / kCases * (kCases - kEnded - 1) / (kCases - kBefore - 1), 1e-15);
  EXPECT_EQ(walk.left(), kCases - kEnded - 1);
}

TEST(Durations, AreGatheredInOrder) {
  std::vector<Cases> entries;
  for (int round = 0; round < 3; ++round)
    for (const double day : {7.5, 0.0, 1e-300, 1e300, 3.0}) {
      entries.push_back(one_case(day, true));
      if (round > 0) entries.push_back(one_case(day, false));
    }
  const std::size_t half = gather(std::span(entries).first(8), 0);
  std::copy(entries.begin() + 8, entries.end(), entries.begin() + static_cast<std::ptrdiff_t>(half));
  entries.resize(half + entries.size() - 8);
  entries.resize(gather(entries, half));
  ASSERT_EQ(entries.size(), 10U);
  std::size_t i = 0;
  for (const double day : {0.0, 1e-300, 3.0, 7.5, 1e300})
    for (const bool ended : {true, false}) {
      EXPECT_EQ(duration_of(entries[i]), day);
      EXPECT_EQ(has_ended(entries[i]), ended);
      EXPECT_EQ(entries[i++].count, ended ? 3 : 2);
    }
  EXPECT_EQ(gather({}, 0), 0U);
  EXPECT_EQ(one_case(-0.0, true).key, one_case(0.0, true).key);
}

}  // namespace
}  // namespace winback::core
