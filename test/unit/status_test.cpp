// The five statuses: when a client has each, since when, and how it ends.
#include <gtest/gtest.h>

#include "support/client.hpp"

namespace winback::test {
namespace {

TEST(Status, HasANameInSql) {
  for (const auto* name : {"prospect", "active", "at_risk", "lost", "written_off"}) {
    const auto status = core::status_named(name);
    ASSERT_TRUE(status) << name;
    EXPECT_EQ(core::name_of(*status), name);
  }
  EXPECT_FALSE(core::status_named("asleep"));
}

TEST(Prospect, IsWhoeverNeverBought) {
  Client client;
  EXPECT_EQ(client.on("2024-01-01"), "prospect since unknown");
  client.registered("2023-12-01");
  EXPECT_EQ(client.on("2024-01-01"), "prospect since 2023-12-01");
  client.inquires("2023-11-15");
  EXPECT_EQ(client.on("2024-01-01"), "prospect since 2023-11-15");
  EXPECT_EQ(client.deadlines(), "at risk never, lost never");
}

TEST(Prospect, BecomesActiveByTheFirstPurchase) {
  Client client;
  client.registered("2024-01-01").buys("2024-01-10 09:30");
  EXPECT_EQ(client.on("2024-01-10 09:30"), "active since 2024-01-10 09:30");
  EXPECT_EQ(client.history("2024-02-01"), "2024-01-10 09:30 prospect -> active\n");
}

TEST(Active, IsNoChangeWhereTheLifeBeginsWithAPurchase) {
  Client client;
  client.buys("2024-01-10");
  EXPECT_EQ(client.on("2024-01-10"), "active since 2024-01-10");
  EXPECT_EQ(client.history("2024-03-09"), "");
}

TEST(Active, LastsSinceItBeganHoweverManyPurchasesFollow) {
  Client client;
  client.buys("2024-01-10").buys("2024-02-01").buys("2024-02-20");
  EXPECT_EQ(client.on("2024-02-20"), "active since 2024-01-10");
}

TEST(Active, IsKeptByAPurchaseDatedAheadOfTheClock) {
  Client client;
  client.buys("2024-01-10").buys("2024-03-01");
  EXPECT_EQ(client.on("2024-02-01"), "active since 2024-01-10");
}

TEST(AtRisk, EndsByAPurchase) {
  Client client;
  client.buys("2024-01-10").buys("2024-03-20");
  EXPECT_EQ(client.history("2024-03-31"),
            "2024-03-10 active -> at_risk by slowing\n"
            "2024-03-20 at_risk -> active\n");
  EXPECT_EQ(client.on("2024-03-20"), "active since 2024-03-20");
  EXPECT_EQ(client.counts("2024-03-31"), "lost 0, returned 0");
}

TEST(Lost, EndsByAPurchaseWhichIsAReturn) {
  Client client;
  client.buys("2024-01-10").buys("2024-05-01");
  EXPECT_EQ(client.history("2024-05-31"),
            "2024-03-10 active -> at_risk by slowing\n"
            "2024-04-10 at_risk -> lost by silence\n"
            "2024-05-01 lost -> active\n");
  EXPECT_EQ(client.on("2024-05-31"), "active since 2024-05-01");
  EXPECT_EQ(client.counts("2024-05-31"), "lost 1, returned 1");
}

TEST(Lost, CountsFromTheDeadlineOnThoughNoFactSaysSo) {
  Client client;
  client.buys("2024-01-10");
  EXPECT_EQ(client.counts("2024-04-09 23:59:59"), "lost 0, returned 0");
  EXPECT_EQ(client.counts("2024-04-10"), "lost 1, returned 0");
}

TEST(Lost, MayHappenToAProspectWhoMayBuyYet) {
  Client client;
  client.registered("2024-01-01").conflict("2024-01-05").buys("2024-02-01");
  EXPECT_EQ(client.history("2024-02-15"),
            "2024-01-05 prospect -> lost by conflict\n"
            "2024-02-01 lost -> active\n");
  EXPECT_EQ(client.counts("2024-02-15"), "lost 1, returned 1");
}

TEST(WrittenOff, HidesWhatTheRulesSay) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01").conflict("2024-02-10");
  EXPECT_EQ(client.on("2025-01-01"), "written_off since 2024-02-01");
  EXPECT_EQ(client.history(), "2024-02-01 active -> written_off\n");
  EXPECT_EQ(client.counts("2025-01-01"), "lost 0, returned 0");
}

TEST(WrittenOff, EndsByAPurchase) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01").buys("2024-06-01");
  EXPECT_EQ(client.history("2024-06-30"),
            "2024-02-01 active -> written_off\n"
            "2024-06-01 written_off -> active\n");
  EXPECT_EQ(client.counts("2024-06-30"), "lost 0, returned 0");
}

TEST(WrittenOff, IsNoEndOfALossSoThatAPurchaseIsAReturn) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-05-01").buys("2024-06-01");
  EXPECT_EQ(client.history("2024-06-30"),
            "2024-03-10 active -> at_risk by slowing\n"
            "2024-04-10 at_risk -> lost by silence\n"
            "2024-05-01 lost -> written_off\n"
            "2024-06-01 written_off -> active\n");
  EXPECT_EQ(client.counts("2024-06-30"), "lost 1, returned 1");
}

TEST(WrittenOff, EndsByTakingBackToWhatTheRulesSayByThen) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01");
  Client soon = client;
  EXPECT_EQ(soon.is_taken_back("2024-02-15").on("2024-02-15"), "active since 2024-02-15");
  Client later = client;
  EXPECT_EQ(later.is_taken_back("2024-03-15").on("2024-03-15"), "at_risk since 2024-03-15 by slowing");
  Client late = client;
  EXPECT_EQ(late.is_taken_back("2024-05-01").on("2024-05-01"), "lost since 2024-05-01 by silence");
  EXPECT_EQ(late.counts("2024-05-01"), "lost 1, returned 0");
}

TEST(WrittenOff, AndTakenBackIsStillTheSameLoss) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-05-01").is_taken_back("2024-05-10");
  EXPECT_EQ(client.on("2024-05-10"), "lost since 2024-05-10 by silence");
  EXPECT_EQ(client.counts("2024-05-10"), "lost 1, returned 0");
}

TEST(WrittenOff, MayHappenToAProspect) {
  Client client;
  client.registered("2024-01-01").is_written_off("2024-02-01").is_taken_back("2024-03-01");
  EXPECT_EQ(client.history(),
            "2024-02-01 prospect -> written_off\n"
            "2024-03-01 written_off -> prospect\n");
}

TEST(WrittenOff, CountsFromTheFirstTime) {
  Client client;
  client.buys("2024-01-10").is_written_off("2024-02-01").is_written_off("2024-02-10");
  EXPECT_EQ(client.on("2024-02-20"), "written_off since 2024-02-01");
}

TEST(TakingBack, OfAClientWhoIsNotWrittenOffIsNothing) {
  Client client;
  client.buys("2024-01-10").is_taken_back("2024-02-01");
  EXPECT_EQ(client.history("2024-03-01"), "");
}

}  // namespace
}  // namespace winback::test
