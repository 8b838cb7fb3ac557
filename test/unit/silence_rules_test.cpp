// The rules that wait for the clock: silence, slowing, own_cadence, unanswered_offer.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::RuleName;

TEST(Silence, MakesLostThreeMonthsAfterTheLastPurchase) {
  Client client;
  client.rule(RuleName::slowing).enabled = false;
  client.buys("2023-12-01").buys("2024-01-15 10:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-04-15 10:00");
  EXPECT_EQ(client.on("2024-04-15 09:59:59.999999"), "active since 2023-12-01");
  EXPECT_EQ(client.on("2024-04-15 10:00"), "lost since 2024-04-15 10:00 by silence");
}

TEST(Silence, SaysNothingWhileDisabled) {
  Client client;
  client.rule(RuleName::silence).enabled = false;
  client.buys("2024-01-15");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-15, lost never");
  EXPECT_EQ(client.on("2030-01-01"), "at_risk since 2024-03-15 by slowing");
}

TEST(Silence, SaysNothingOfAProspect) {
  Client client;
  client.registered("2020-01-01");
  EXPECT_EQ(client.on("2024-01-01"), "prospect since 2020-01-01");
}

TEST(Silence, CountsMonthsAsTheCalendarDoes) {
  Client client;
  client.buys("2023-11-30");
  EXPECT_EQ(client.deadlines(), "at risk 2024-01-30, lost 2024-02-29");
}

TEST(Silence, KeepsTheLocalHourOverTheChangeToSummerTime) {
  Client client(central_europe());
  client.buys("2024-01-15 10:00");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-15 10:00, lost 2024-04-15 10:00");
  EXPECT_EQ(client.on("2024-04-15 09:59:59"), "at_risk since 2024-03-15 10:00 by slowing");
  EXPECT_EQ(client.on("2024-04-15 10:00"), "lost since 2024-04-15 10:00 by silence");
}

TEST(Silence, FallsAnHourLaterWhereTheLocalHourDoesNotExist) {
  Client client(central_europe());
  client.buys("2023-12-31 02:30");
  EXPECT_EQ(client.deadlines(), "at risk 2024-02-29 02:30, lost 2024-03-31 03:30");
}

TEST(Slowing, IsTwoMonthsOfSilenceBelowThreePurchaseDays) {
  Client client;
  client.buys("2024-01-10 08:00").buys("2024-01-20 12:00").buys("2024-01-20 18:00");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-20 18:00, lost 2024-04-20 18:00");
}

TEST(Slowing, IsOneAndAHalfTimesTheMeanGapFromThreePurchaseDaysOn) {
  Client client;
  client.buys("2024-01-01 08:00").buys("2024-01-15 08:00").buys("2024-01-21 10:00");  // two gaps, ten days the mean
  EXPECT_EQ(client.on("2024-02-05 09:59:59"), "active since 2024-01-01 08:00");
  EXPECT_EQ(client.on("2024-02-05 10:00"), "at_risk since 2024-02-05 10:00 by slowing");
}

TEST(Slowing, CountsLocalDays) {
  // In Central Europe these are three days, in UTC the last two are one: there the fixed silence counts.
  const auto bought = [](Client client) {
    return client.buys("2024-01-01 12:00").buys("2024-01-10 23:30").buys("2024-01-11 00:15").deadlines();
  };
  EXPECT_EQ(bought(Client(central_europe())), "at risk 2024-01-18 12:15, lost 2024-04-11 00:15");
  Client in_utc;
  in_utc.buys("2024-01-01 11:00").buys("2024-01-10 22:30").buys("2024-01-10 23:15");
  EXPECT_EQ(in_utc.deadlines(), "at risk 2024-03-10 23:15, lost 2024-04-10 23:15");
}

TEST(Slowing, CountsBefore2000AsAfterIt) {
  Client client;
  client.buys("1997-02-06").buys("1997-02-11").buys("1997-03-30").buys("1997-05-08");  // three gaps of 91 days in all
  EXPECT_EQ(client.deadlines(), "at risk 1997-06-22 12:00, lost 1997-08-08");
}

TEST(Slowing, IsNeverLaterThanTheLoss) {
  Client client;
  client.buys("2023-07-01").buys("2023-10-01").buys("2024-01-01");  // a rhythm of three months
  EXPECT_EQ(client.deadlines(), "at risk 2024-04-01, lost 2024-04-01");
  EXPECT_EQ(client.on("2024-04-01"), "lost since 2024-04-01 by silence");
}

TEST(OwnCadence, IsDisabledAsShipped) {
  Client client;
  client.buys("2024-01-01").buys("2024-01-11");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-11, lost 2024-04-11");
}

TEST(OwnCadence, IsThreeTimesTheMeanGapFromTwoPurchaseDaysOn) {
  Client client;
  client.rule(RuleName::own_cadence).enabled = true;
  client.buys("2024-01-01");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-01, lost 2024-04-01");
  client.buys("2024-01-16");
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-01, lost 2024-03-01");
  EXPECT_EQ(client.on("2024-03-01"), "lost since 2024-03-01 by own_cadence");
}

TEST(OwnCadence, IsNeverBeforeItsFloor) {
  Client client;
  client.rule(RuleName::own_cadence).enabled = true;
  client.buys("2024-01-01").buys("2024-01-03");  // three gaps would be six days
  EXPECT_EQ(client.on("2024-02-02 23:59"), "active since 2024-01-01");
  EXPECT_EQ(client.on("2024-02-03"), "lost since 2024-02-03 by own_cadence");
}

TEST(OwnCadence, IsNeverAfterItsCeiling) {
  Client client;
  client.rule(RuleName::silence).enabled = false;
  client.rule(RuleName::own_cadence).enabled = true;
  client.buys("2022-01-01").buys("2024-01-01");  // three gaps would be six years
  EXPECT_EQ(client.deadlines(), "at risk 2024-03-01, lost 2025-01-01");
}

TEST(UnansweredOffer, MakesLostThreeMonthsAfterTheOffer) {
  Client client;
  client.is_offered("2024-01-15 10:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-04-15 10:00");
  EXPECT_EQ(client.on("2024-04-15 09:59:59"), "prospect since 2024-01-15 10:00");
  EXPECT_EQ(client.on("2024-04-15 10:00"), "lost since 2024-04-15 10:00 by unanswered_offer");
}

TEST(UnansweredOffer, CountsFromTheFirstOfSeveralOffers) {
  Client client;
  client.is_offered("2024-01-15").is_offered("2024-02-15");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-04-15");
}

TEST(UnansweredOffer, IsTheOneThatGoesUnansweredFirstWhereMonthsEndAtOnce) {
  Client client;
  client.is_offered("2024-08-30 12:00").is_offered("2024-08-31 10:00");
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-11-30 10:00");
}

TEST(UnansweredOffer, IsAnsweredByAnyLaterPurchase) {
  Client client;
  client.is_offered("2024-01-15").buys("2024-02-01");
  EXPECT_EQ(client.deadlines(), "at risk 2024-04-01, lost 2024-05-01");
  client.is_offered("2024-02-10");
  EXPECT_EQ(client.on("2024-05-01"), "lost since 2024-05-01 by silence");  // earlier than the second offer's end
}

TEST(UnansweredOffer, SaysNothingWhileDisabled) {
  Client client;
  client.rule(RuleName::unanswered_offer).enabled = false;
  client.is_offered("2024-01-15");
  EXPECT_EQ(client.deadlines(), "at risk never, lost never");
}

}  // namespace
}  // namespace winback::test
