// The rule `model`: lost on the first day on which the fitted P(alive) is at the threshold, or below.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::Model;
using core::RuleName;

// CDNOW's clients, in weeks; see scores_test.cpp.
constexpr core::Parameters kMbg = {0.5248433, 6.1830859, 0.8913594, 1.6140020};

// A client whom only the model loses.
Client judged_by(Model model) {
  Client client;
  for (const RuleName name : {RuleName::silence, RuleName::slowing}) client.rule(name).enabled = false;
  core::Rule& rule = client.rule(RuleName::model);
  rule.enabled = true;
  rule.threshold = 0.2;
  rule.fit = core::OrderFit{model, kMbg, 7};
  return client;
}

TEST(ModelRule, LosesAtTheBeginningOfTheDayOnWhichTheChanceIsBelowTheThreshold) {
  Client client = judged_by(Model::mbg_nbd);
  client.buys("2020-01-01 15:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2025-01-14");  // 262.7353 weeks are 1839.1 days
  client.buys("2020-03-11 09:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2021-06-11");  // 75.1603 weeks after the first are 526.1 days
  EXPECT_EQ(client.on("2021-06-10 23:59"), "active since 2020-01-01 15:00");
  EXPECT_EQ(client.on("2021-06-11"), "lost since 2021-06-11 by model");
}

TEST(ModelRule, CountsDaysNotOrders) {
  Client client = judged_by(Model::mbg_nbd);
  client.buys("2020-01-01 15:00").buys("2020-01-01 18:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2025-01-14");
}

TEST(ModelRule, LosesNobodyOnTheDayOfAPurchase) {
  Client client = judged_by(Model::mbg_nbd);
  client.rule(RuleName::model).threshold = 0.9;  // below which the chance is from the first
  client.buys("2024-01-01 15:00");
  EXPECT_EQ(client.on("2024-01-01 23:59"), "active since 2024-01-01 15:00");
  EXPECT_EQ(client.on("2024-01-02"), "lost since 2024-01-02 by model");
}

TEST(ModelRule, NeverLosesWhomTheModelKeepsForEver) {
  Client client = judged_by(Model::bg_nbd);
  client.buys("2024-01-01");
  EXPECT_EQ(client.deadlines(), "at risk never, lost never");
}

TEST(ModelRule, DoesNothingWithoutAFitOrAPurchase) {
  Client client = judged_by(Model::mbg_nbd);
  client.inquires("2024-01-01");
  EXPECT_EQ(client.deadlines(), "at risk never, lost never");
  client.rule(RuleName::model).fit.reset();
  client.buys("2024-01-02");
  EXPECT_EQ(client.deadlines(), "at risk never, lost never");
}

TEST(ModelRule, PassesOverTheDeadlineBetweenTwoPurchases) {
  Client client = judged_by(Model::mbg_nbd);
  client.buys("2020-01-01").buys("2020-03-11").buys("2022-01-01");
  EXPECT_EQ(client.history("2022-01-02"),
            "2021-06-11 active -> lost by model\n"
            "2022-01-01 lost -> active\n");
}

}  // namespace
}  // namespace winback::test
