// What happens at one instant: purchases against deadlines and signals, rule against rule, score against score.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::RuleName;

TEST(OneInstant, APurchaseAtTheDeadlinePreventsTheLoss) {
  Client client;
  client.rule(RuleName::slowing).enabled = false;
  client.buys("2024-01-10").buys("2024-04-10");
  EXPECT_EQ(client.history("2024-07-09"), "");
  Client late;
  late.rule(RuleName::slowing).enabled = false;
  late.buys("2024-01-10").buys("2024-04-10 00:00:00.000001");
  EXPECT_EQ(late.history("2024-07-09"),
            "2024-04-10 active -> lost by silence\n"
            "2024-04-10 00:00:00.000001 lost -> active\n");
}

TEST(OneInstant, APurchaseAtTheDeadlineOfSlowingPreventsThatToo) {
  Client client;
  client.buys("2024-01-10").buys("2024-03-10");
  EXPECT_EQ(client.on("2024-03-10"), "active since 2024-01-10");
}

TEST(OneInstant, APurchaseAtTheInstantOfASignalDoesNotClearIt) {
  Client client;
  client.buys("2024-01-10").buys("2024-02-01").conflict("2024-02-01");
  EXPECT_EQ(client.on("2024-02-01"), "lost since 2024-02-01 by conflict");
  client.buys("2024-02-01 00:00:00.000001");
  EXPECT_EQ(client.on("2024-02-02"), "active since 2024-02-01 00:00:00.000001");
}

TEST(OneInstant, APurchaseClearsEarlierSignalsEvenWhereANewOneStands) {
  Client client;
  client.buys("2024-01-10").conflict("2024-01-20").buys("2024-02-01").scores("2024-02-01", 1);
  EXPECT_EQ(client.history("2024-02-15"),
            "2024-01-20 active -> lost by conflict\n"
            "2024-02-01 lost -> active\n"
            "2024-02-01 active -> lost by detractor\n");
  EXPECT_EQ(client.counts("2024-02-15"), "lost 2, returned 1");
}

TEST(OneInstant, APurchaseAtTheInstantOfAnOfferDoesNotAnswerIt) {
  Client client;
  client.rule(RuleName::unanswered_offer).after = months(1);
  client.buys("2024-02-01").is_offered("2024-02-01");
  EXPECT_EQ(client.on("2024-03-01"), "lost since 2024-03-01 by unanswered_offer");
}

TEST(OneInstant, AnInquiryAtTheInstantOfThePurchaseIsNotFruitless) {
  Client client;
  client.rule(RuleName::fruitless).more_than = 0;
  client.buys("2024-02-01").inquires("2024-02-01");
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-02-01");
}

TEST(OneInstant, APurchaseAtTheInstantOfTheWriteOffTakesTheClientBack) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01").buys("2024-02-01");
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-02-01");
}

TEST(OneInstant, AtRiskAndLostIsLostWithOneChange) {
  Client client;
  client.rule(RuleName::slowing).after = months(3);
  client.buys("2024-01-10");
  EXPECT_EQ(client.history(), "2024-04-10 active -> lost by silence\n");
  client.conflict("2024-04-10");
  EXPECT_EQ(client.history(), "2024-04-10 active -> lost by silence\n");
}

TEST(OneInstant, TheRuleFurtherUpWins) {
  Client client;
  client.buys("2024-01-10").is_offered("2024-01-10");
  EXPECT_EQ(client.on("2024-04-10"), "lost since 2024-04-10 by silence");
  client.rule(RuleName::silence).position = 10;
  EXPECT_EQ(client.on("2024-04-10"), "lost since 2024-04-10 by unanswered_offer");
}

TEST(OneInstant, OfTwoSignalsTheRuleFurtherUpWins) {
  Client client;
  client.buys("2024-01-10").conflict("2024-02-01").scores("2024-02-01", 0);
  EXPECT_EQ(client.on("2024-02-01"), "lost since 2024-02-01 by detractor");
}

TEST(OneInstant, TheEarlierRuleWinsWhereverItStands) {
  Client client;
  client.rule(RuleName::silence).position = 10;
  client.buys("2024-01-10").is_offered("2024-01-11");
  EXPECT_EQ(client.on("2024-05-01"), "lost since 2024-04-10 by silence");
}

TEST(OneInstant, TheHighestOfSeveralScoresIsTheLatest) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 9).scores("2024-02-01", 2);
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-02-01");
  Client twice;
  twice.buys("2024-01-10").scores("2024-02-01", 5).scores("2024-02-01", 2);
  EXPECT_EQ(twice.history("2024-02-01"), "2024-02-01 active -> lost by detractor\n");
}

TEST(OneInstant, WrittenOffAndTakenBackIsTakenBack) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01").is_taken_back("2024-02-01");
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-02-01");
}

}  // namespace
}  // namespace winback::test
