// A change of a rule acts from that moment on; the past stays as it was.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

using core::RuleName;

// A client of whom only silence, detractor, fruitless, conflict and unanswered_offer speak, and plainly.
Client plain_client() {
  Client client;
  client.rule(RuleName::slowing).enabled = false;
  return client;
}

TEST(RuleChange, MovesTheDeadlinesToCome) {
  Client client = plain_client();
  client.buys("2024-01-10");
  client.new_rules_on("2024-02-01").rule(RuleName::silence).after = months(6);
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-07-10");
  EXPECT_EQ(client.history(), "2024-07-10 active -> lost by silence\n");
}

TEST(RuleChange, MakesAtRiskAtItsOwnInstantAlsoWhereAFactLiesAhead) {
  Client client = plain_client();
  client.rule(RuleName::slowing).enabled = true;
  client.buys("2024-01-10").is_offered("2024-09-01");
  client.new_rules_on("2024-03-05").rule(RuleName::slowing).after = months(1);
  EXPECT_EQ(client.on("2024-03-20"), "at_risk since 2024-03-05 by slowing");
  EXPECT_EQ(client.on("2024-04-20"), "lost since 2024-04-10 by silence");
}

TEST(RuleChange, LeavesPastLossesAsTheyWere) {
  Client client = plain_client();
  client.buys("2024-01-10").buys("2024-05-01").buys("2024-10-01");
  client.new_rules_on("2024-06-01").rule(RuleName::silence).after = months(6);
  EXPECT_EQ(client.history("2024-12-31"),
            "2024-04-10 active -> lost by silence\n"
            "2024-05-01 lost -> active\n");
  EXPECT_EQ(client.counts("2024-12-31"), "lost 1, returned 1");
}

TEST(RuleChange, MakesLostAtItsOwnInstantWhereTheNewDeadlineHasPassed) {
  Client client = plain_client();
  client.buys("2024-01-10");
  client.new_rules_on("2024-03-20").rule(RuleName::silence).after = months(1);
  EXPECT_EQ(client.history(), "2024-03-20 active -> lost by silence\n");
  EXPECT_EQ(client.on("2024-03-20"), "lost since 2024-03-20 by silence");
  EXPECT_EQ(client.counts("2024-03-20"), "lost 1, returned 0");
}

TEST(RuleChange, EndsALossThatTheNewRulesDoNotKnowWhichIsNoReturn) {
  Client client = plain_client();
  client.buys("2024-01-10");
  client.new_rules_on("2024-05-01").rule(RuleName::silence).after = months(6);
  EXPECT_EQ(client.history(),
            "2024-04-10 active -> lost by silence\n"
            "2024-05-01 lost -> active\n"
            "2024-07-10 active -> lost by silence\n");
  EXPECT_EQ(client.counts("2024-06-01"), "lost 1, returned 0");
  EXPECT_EQ(client.counts("2024-08-01"), "lost 2, returned 0");
}

TEST(RuleChange, AtTheVeryDeadlineComesAfterTheLoss) {
  Client client = plain_client();
  client.buys("2024-01-10");
  client.new_rules_on("2024-04-10").rule(RuleName::silence).after = months(6);
  EXPECT_EQ(client.history("2024-05-01"),
            "2024-04-10 active -> lost by silence\n"
            "2024-04-10 lost -> active\n");
}

TEST(RuleChange, ComesBeforeTheFactsOfItsInstant) {
  Client client = plain_client();
  client.buys("2024-01-10").scores("2024-02-01", 7);
  client.new_rules_on("2024-02-01").rule(RuleName::detractor).at_most = 7;
  EXPECT_EQ(client.on("2024-02-01"), "lost since 2024-02-01 by detractor");
}

TEST(RuleChange, ReadsOldScoresAnew) {
  Client stricter = plain_client();
  stricter.buys("2024-01-10").scores("2024-01-20", 7);
  stricter.new_rules_on("2024-02-01").rule(RuleName::detractor).at_most = 8;
  EXPECT_EQ(stricter.history("2024-02-15"), "2024-02-01 active -> lost by detractor\n");

  Client milder = plain_client();
  milder.buys("2024-01-10").scores("2024-01-20", 5);
  milder.new_rules_on("2024-02-01").rule(RuleName::detractor).at_most = 4;
  EXPECT_EQ(milder.history("2024-02-15"),
            "2024-01-20 active -> lost by detractor\n"
            "2024-02-01 lost -> active\n");
}

TEST(RuleChange, ReadsNoScoresThatAPurchaseHasCleared) {
  Client client = plain_client();
  client.buys("2024-01-10").scores("2024-01-20", 7).buys("2024-01-25");
  client.new_rules_on("2024-02-01").rule(RuleName::detractor).at_most = 8;
  EXPECT_EQ(client.history("2024-02-15"), "");
}

TEST(RuleChange, CountsOldInquiriesAnew) {
  Client stricter = plain_client();
  stricter.inquires("2024-01-01").inquires("2024-01-02");
  stricter.new_rules_on("2024-02-01").rule(RuleName::fruitless).more_than = 1;
  EXPECT_EQ(stricter.history(), "2024-02-01 prospect -> lost by fruitless\n");

  Client milder = plain_client();
  milder.rule(RuleName::fruitless).more_than = 0;
  milder.inquires("2024-01-01").inquires("2024-02-15");
  milder.new_rules_on("2024-02-01").rule(RuleName::fruitless).more_than = 2;
  EXPECT_EQ(milder.history(),
            "2024-01-01 prospect -> lost by fruitless\n"
            "2024-02-01 lost -> prospect\n");
  milder.inquires("2024-02-16");
  EXPECT_EQ(milder.on("2024-02-16"), "lost since 2024-02-16 by fruitless");
}

TEST(RuleChange, ReadsOldOffersAnew) {
  Client client = plain_client();
  client.is_offered("2024-08-30 12:00").is_offered("2024-08-31 10:00");
  client.new_rules_on("2024-09-01").rule(RuleName::unanswered_offer).after = days(90);
  EXPECT_EQ(client.deadlines(), "at risk never, lost 2024-11-28 12:00");
}

TEST(RuleChange, SwitchesASignalOffAndOn) {
  Client client = plain_client();
  client.buys("2024-01-10").conflict("2024-01-20");
  client.new_rules_on("2024-02-01").rule(RuleName::conflict).enabled = false;
  client.new_rules_on("2024-02-10").rule(RuleName::conflict).enabled = true;
  EXPECT_EQ(client.history("2024-02-15"),
            "2024-01-20 active -> lost by conflict\n"
            "2024-02-01 lost -> active\n"
            "2024-02-10 active -> lost by conflict\n");
}

TEST(RuleChange, DoesNotTakeBackWhoIsWrittenOff) {
  Client client = plain_client();
  client.buys("2024-01-10").is_written_off("2024-01-20");
  client.new_rules_on("2024-03-20").rule(RuleName::silence).after = months(1);
  EXPECT_EQ(client.history(), "2024-01-20 active -> written_off\n");
}

TEST(RuleChange, BeforeTheLifeBeganIsNoneForIt) {
  Client client = plain_client();
  client.new_rules_on("2023-01-01").rule(RuleName::silence).after = months(1);
  client.buys("2024-01-10");
  EXPECT_EQ(client.history(), "2024-02-10 active -> lost by silence\n");
}

}  // namespace
}  // namespace winback::test
