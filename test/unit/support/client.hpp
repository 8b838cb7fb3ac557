// Tells a client's life in a few words and asks for its status, so that a test reads like the story it is about:
//
//   Client client;
//   client.buys("2024-01-15").conflict("2024-02-01");
//   EXPECT_EQ(client.on("2024-02-01"), "lost since 2024-02-01 by conflict");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/life.hpp"
#include "support/calendar.hpp"

namespace winback::test {

// The rules as shipped.
core::RuleSet shipped_rules();

// A rule's and a change's text: "2024-04-15 active -> lost by silence".
std::string_view text(core::RuleName rule);
std::string text(const core::Change& change, const TestCalendar& calendar);

class Client {
 public:
  explicit Client(const TestCalendar& calendar = utc()) : calendar_(calendar), rules_{shipped_rules()} {}

  // Facts, in any order.
  Client& registered(std::string_view when);
  Client& buys(std::string_view when) { return add(core::FactKind::purchase, when); }
  Client& scores(std::string_view when, double value) { return add(core::FactKind::score, when, value); }
  Client& conflict(std::string_view when) { return add(core::FactKind::conflict, when); }
  Client& inquires(std::string_view when) { return add(core::FactKind::inquiry, when); }
  Client& is_offered(std::string_view when) { return add(core::FactKind::offer, when); }
  Client& uses(std::string_view when, double amount = 1) { return add(core::FactKind::usage, when, amount); }
  Client& is_written_off(std::string_view when) { return add(core::FactKind::write_off, when); }
  Client& is_taken_back(std::string_view when) { return add(core::FactKind::take_back, when); }

  // One rule of the newest version of the rules.
  core::Rule& rule(core::RuleName name) { return rules_.back()[name]; }
  // Begins a new version of the rules, a copy of the one before, valid from `when`.
  Client& new_rules_on(std::string_view when);

  // The reading at a clock: "lost since 2024-04-15 by silence".
  std::string on(std::string_view clock) const;
  // Every change of status up to a clock, one a line, with those that time alone brings.
  std::string history(std::string_view clock = "2100-01-01") const;
  // Losses and returns up to a clock: "lost 1, returned 0".
  std::string counts(std::string_view clock) const;
  // The two deadlines: "at risk 2024-03-15, lost 2024-04-15"; a deadline that never comes is "never".
  std::string deadlines() const;

 private:
  Client& add(core::FactKind kind, std::string_view when, double value = 0);
  core::LifeWriter replayed() const;
  core::Outlook outlook(const core::Life& life) const;

  const TestCalendar& calendar_;
  core::RuleHistory rules_;
  std::optional<core::Instant> began_at_;
  std::vector<core::Fact> facts_;
};

}  // namespace winback::test
