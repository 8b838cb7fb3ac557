// The rules that act at once: detractor, conflict, fruitless.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::RuleName;

TEST(Detractor, IsAScoreOfAtMostSix) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 6);
  EXPECT_EQ(client.on("2024-02-01"), "lost since 2024-02-01 by detractor");
  Client pleased;
  pleased.buys("2024-01-10").scores("2024-02-01", 6.5);
  EXPECT_EQ(pleased.on("2024-02-01"), "active since 2024-01-10");
}

TEST(Detractor, CountsFromTheFirstOfSeveralBadScores) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 5).scores("2024-02-10", 0);
  EXPECT_EQ(client.on("2024-02-20"), "lost since 2024-02-01 by detractor");
  EXPECT_EQ(client.history("2024-03-01"), "2024-02-01 active -> lost by detractor\n");
}

TEST(Detractor, IsClearedByALaterGoodScoreWhichIsNoReturn) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 5).scores("2024-02-10", 9);
  EXPECT_EQ(client.history("2024-03-01"),
            "2024-02-01 active -> lost by detractor\n"
            "2024-02-10 lost -> active\n");
  EXPECT_EQ(client.counts("2024-03-01"), "lost 1, returned 0");
  client.scores("2024-02-20", 3);
  EXPECT_EQ(client.on("2024-02-20"), "lost since 2024-02-20 by detractor");
  EXPECT_EQ(client.counts("2024-02-20"), "lost 2, returned 0");
}

TEST(Detractor, ClearedAfterTheSilenceHasFiredTooLeavesTheClientLost) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 5).scores("2024-05-01", 9);
  EXPECT_EQ(client.history(), "2024-02-01 active -> lost by detractor\n");
  EXPECT_EQ(client.on("2024-05-01"), "lost since 2024-02-01 by silence");
}

TEST(Detractor, ClearedMakesAProspectAgainOfWhoNeverBought) {
  Client client;
  client.registered("2024-01-01").scores("2024-02-01", 2).scores("2024-02-10", 8);
  EXPECT_EQ(client.history(),
            "2024-02-01 prospect -> lost by detractor\n"
            "2024-02-10 lost -> prospect\n");
}

TEST(Detractor, DoesNotOutliveAPurchase) {
  Client client;
  client.buys("2024-01-10").scores("2024-02-01", 5).buys("2024-02-10");
  EXPECT_EQ(client.on("2024-02-10"), "active since 2024-02-10");
  EXPECT_EQ(client.counts("2024-02-10"), "lost 1, returned 1");
}

TEST(Detractor, SaysNothingWhileDisabled) {
  Client client;
  client.rule(RuleName::detractor).enabled = false;
  client.buys("2024-01-10").scores("2024-02-01", 0);
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-01-10");
}

TEST(Conflict, MakesLostAtOnce) {
  Client client;
  client.buys("2024-01-10").conflict("2024-02-01 16:20").conflict("2024-02-02");
  EXPECT_EQ(client.on("2024-02-01 16:20"), "lost since 2024-02-01 16:20 by conflict");
  EXPECT_EQ(client.on("2030-01-01"), "lost since 2024-02-01 16:20 by conflict");
}

TEST(Conflict, ActsWhateverTheClockSays) {
  Client client;
  client.buys("2024-01-10").conflict("2024-02-01");
  EXPECT_EQ(client.on("2024-01-20"), "lost since 2024-02-01 by conflict");
}

TEST(Conflict, IsClearedByALaterPurchaseOnly) {
  Client client;
  client.buys("2024-01-10").conflict("2024-02-01").scores("2024-02-05", 10);
  EXPECT_EQ(client.on("2024-02-05"), "lost since 2024-02-01 by conflict");
  client.buys("2024-02-10");
  EXPECT_EQ(client.on("2024-02-10"), "active since 2024-02-10");
}

TEST(Conflict, AfterTheSilenceAddsNoSecondLoss) {
  Client client;
  client.buys("2024-01-10").conflict("2024-05-01");
  EXPECT_EQ(client.on("2024-05-01"), "lost since 2024-04-10 by silence");
  EXPECT_EQ(client.counts("2024-05-01"), "lost 1, returned 0");
}

TEST(Conflict, SaysNothingWhileDisabled) {
  Client client;
  client.rule(RuleName::conflict).enabled = false;
  client.buys("2024-01-10").conflict("2024-02-01");
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-01-10");
}

TEST(Fruitless, IsTheFourthInquiryWithoutAPurchase) {
  Client client;
  client.inquires("2024-01-01").inquires("2024-01-02").inquires("2024-01-03");
  EXPECT_EQ(client.on("2024-06-01"), "prospect since 2024-01-01");
  client.inquires("2024-01-04").inquires("2024-01-05");
  EXPECT_EQ(client.on("2024-01-05"), "lost since 2024-01-04 by fruitless");
}

TEST(Fruitless, NeverComesOfInquiriesOfAClientWhoHadBought) {
  Client client;
  client.buys("2024-01-01").inquires("2024-01-02").inquires("2024-01-03").inquires("2024-01-04");
  client.inquires("2024-01-05");
  EXPECT_EQ(client.on("2024-01-05"), "active since 2024-01-01");
}

TEST(Fruitless, IsClearedByTheFirstPurchase) {
  Client client;
  client.inquires("2024-01-01").inquires("2024-01-02").inquires("2024-01-03").inquires("2024-01-04");
  client.buys("2024-02-01").inquires("2024-02-02");
  EXPECT_EQ(client.history("2024-02-15"),
            "2024-01-04 prospect -> lost by fruitless\n"
            "2024-02-01 lost -> active\n");
}

TEST(Fruitless, SaysNothingWhileDisabled) {
  Client client;
  client.rule(RuleName::fruitless).enabled = false;
  client.rule(RuleName::fruitless).more_than = 0;
  client.inquires("2024-01-01");
  EXPECT_EQ(client.on("2024-01-01"), "prospect since 2024-01-01");
}

}  // namespace
}  // namespace winback::test
