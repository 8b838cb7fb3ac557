// The rule usage_drop: less than half of what was used the month before.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::RuleName;

// Bought on 1 January, and used twice in January.
Client user() {
  Client client;
  client.rule(RuleName::usage_drop).enabled = true;
  client.buys("2024-01-01").uses("2024-01-10", 4).uses("2024-01-20", 6);
  return client;
}

TEST(UsageDrop, FiresAtTheInstantAtWhichTheLastMonthHasLessThanHalfOfTheOneBefore) {
  Client client = user();
  client.uses("2024-02-15", 3);
  // On 10 February the 4 become the month before, beside the 6; on the 20th there are 3 beside 10.
  EXPECT_EQ(client.on("2024-02-19"), "active since 2024-01-01");
  EXPECT_EQ(client.on("2024-02-20"), "at_risk since 2024-02-20 by usage_drop");
}

TEST(UsageDrop, IsKnownInAdvance) {
  EXPECT_EQ(user().deadlines(), "at risk 2024-02-20, lost 2024-04-01");
}

TEST(UsageDrop, IsNotMetByExactlyHalf) {
  Client client = user();
  client.uses("2024-02-15", 5);
  EXPECT_EQ(client.on("2024-02-29"), "active since 2024-01-01");
}

TEST(UsageDrop, SumsTenthsExactly) {
  Client client;
  client.rule(RuleName::usage_drop).enabled = true;
  client.rule(RuleName::usage_drop).factor = 1;
  client.buys("2024-01-01").uses("2024-01-10", 0.1).uses("2024-01-11", 0.2).uses("2024-02-11", 0.3);
  EXPECT_EQ(client.on("2024-02-12"), "active since 2024-01-01");
}

TEST(UsageDrop, IsPreventedByAUseOfThatVeryInstant) {
  Client client = user();
  client.uses("2024-02-20", 5);
  EXPECT_EQ(client.history("2024-02-29"), "");
}

TEST(UsageDrop, TakesSeveralUsesOfAnInstantAsOne) {
  Client client = user();
  client.uses("2024-02-20", 2).uses("2024-02-20", 3);
  EXPECT_EQ(client.history("2024-02-29"), "");
}

TEST(UsageDrop, EndsWithAUseThatMakesUpForIt) {
  Client client = user();
  client.uses("2024-02-22", 1).uses("2024-02-25", 9);
  EXPECT_EQ(client.history("2024-02-29"),
            "2024-02-20 active -> at_risk by usage_drop\n"
            "2024-02-25 at_risk -> active\n");
  EXPECT_EQ(client.counts("2024-02-29"), "lost 0, returned 0");
}

TEST(UsageDrop, IsNotForgottenWhenTheMonthBeforeHasPassed) {
  EXPECT_EQ(user().on("2024-03-30"), "at_risk since 2024-02-20 by usage_drop");
}

TEST(UsageDrop, EndsWithAPurchaseThatComesLater) {
  Client client = user();
  client.buys("2024-02-21");
  EXPECT_EQ(client.history("2024-03-15"),
            "2024-02-20 active -> at_risk by usage_drop\n"
            "2024-02-21 at_risk -> active\n");
}

TEST(UsageDrop, IsPreventedByAPurchaseOfThatVeryInstant) {
  Client client = user();
  client.buys("2024-02-20");
  EXPECT_EQ(client.history("2024-03-15"), "");
}

TEST(UsageDrop, FiresAgainOnceTheUseHasBeenUp) {
  Client client = user();
  client.buys("2024-02-21").uses("2024-02-25", 8);
  EXPECT_EQ(client.on("2024-03-24"), "active since 2024-02-21");
  EXPECT_EQ(client.on("2024-03-25"), "at_risk since 2024-03-25 by usage_drop");
}

TEST(UsageDrop, WaitsForAFirstPurchase) {
  Client client;
  client.rule(RuleName::usage_drop).enabled = true;
  client.uses("2024-01-10", 4);
  EXPECT_EQ(client.on("2024-03-01"), "prospect since 2024-01-10");
  client.buys("2024-02-01");
  EXPECT_EQ(client.on("2024-03-01"), "at_risk since 2024-02-10 by usage_drop");
}

TEST(UsageDrop, IsJudgedAnewWhenTheRulesChange) {
  Client client = user();
  client.new_rules_on("2024-02-25").rule(RuleName::usage_drop).enabled = false;
  client.new_rules_on("2024-02-27").rule(RuleName::usage_drop).enabled = true;
  EXPECT_EQ(client.history("2024-03-01"),
            "2024-02-20 active -> at_risk by usage_drop\n"
            "2024-02-25 at_risk -> active\n"
            "2024-02-27 active -> at_risk by usage_drop\n");
}

TEST(UsageDrop, GoesByTheCalendarAtTheEndsOfMonths) {
  Client client;
  client.rule(RuleName::usage_drop).enabled = true;
  client.buys("2024-01-01").uses("2024-01-30", 3).uses("2024-01-31", 3);
  EXPECT_EQ(client.on("2024-02-28"), "active since 2024-01-01");
  EXPECT_EQ(client.on("2024-02-29"), "at_risk since 2024-02-29 by usage_drop");
}

// Two months after 29 January is 29 March, though one month after it is 28 February.
TEST(UsageDrop, ComparesWithAUseUntilTwoMonthsAfterIt) {
  Client client;
  client.rule(RuleName::usage_drop).enabled = true;
  client.rule(RuleName::slowing).enabled = false;
  client.buys("2023-01-01").uses("2023-01-29", 10);
  Client day_before = client;
  EXPECT_EQ(day_before.uses("2023-03-28", 3).on("2023-03-28"), "at_risk since 2023-02-28 by usage_drop");
  EXPECT_EQ(client.uses("2023-03-29", 3).on("2023-03-29"), "active since 2023-03-29");
}

// On 31 March the clock goes from 2:00 to 3:00: 45 minutes after 1:30 is 3:15, an hour and a half after it 3:00.
TEST(UsageDrop, IsNotMetWhereTheClockSkipsTheTimeBefore) {
  Client client{central_europe()};
  client.rule(RuleName::usage_drop).enabled = true;
  client.rule(RuleName::usage_drop).after = core::Interval{0, 0, 45 * std::int64_t{60'000'000}};
  client.buys("2024-03-31 01:00").uses("2024-03-31 01:30", 3);
  EXPECT_EQ(client.history("2024-03-31 12:00"), "");
}

}  // namespace
}  // namespace winback::test
