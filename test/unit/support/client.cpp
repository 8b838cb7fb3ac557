#include "support/client.hpp"

#include <algorithm>

namespace winback::test {

using core::Change;
using core::Instant;
using core::RuleName;
using core::RuleSet;
using core::Status;

RuleSet shipped_rules() {
  RuleSet rules;
  for (int position = 0; core::Rule & rule : rules.rules) rule.position = ++position;
  const auto enable = [&](RuleName name) -> core::Rule& {
    rules[name].enabled = true;
    return rules[name];
  };
  enable(RuleName::silence).after = months(3);
  enable(RuleName::slowing).after = months(2);
  rules[RuleName::slowing].factor = 1.5;
  enable(RuleName::detractor).at_most = 6;
  enable(RuleName::conflict);
  enable(RuleName::fruitless).more_than = 3;
  enable(RuleName::unanswered_offer).after = months(3);
  core::Rule& own_cadence = rules[RuleName::own_cadence];
  own_cadence.factor = 3;
  own_cadence.floor = months(1);
  own_cadence.ceiling = months(12);
  rules[RuleName::usage_drop].after = months(1);
  rules[RuleName::usage_drop].factor = 0.5;
  return rules;
}

std::string_view text(RuleName rule) { return core::kRuleNames[static_cast<std::size_t>(rule)]; }

// " by silence", or nothing.
static std::string by(std::optional<RuleName> rule) { return rule ? " by " + std::string(text(*rule)) : ""; }

std::string text(const Change& change, const TestCalendar& calendar) {
  return calendar.text(change.at) + " " + std::string(name_of(change.from)) + " -> " + std::string(name_of(change.to)) +
         by(change.rule);
}

Client& Client::registered(std::string_view when) {
  const Instant at = calendar_.at(when);
  began_at_ = began_at_ ? std::min(*began_at_, at) : at;
  return *this;
}

Client& Client::add(core::FactKind kind, std::string_view when, double value) {
  registered(when);  // a fact is the least that is known of a client's beginning
  facts_.push_back({calendar_.at(when), kind, value});
  std::stable_sort(facts_.begin(), facts_.end());
  return *this;
}

Client& Client::new_rules_on(std::string_view when) {
  rules_.push_back(rules_.back());
  rules_.back().valid_from = calendar_.at(when);
  return *this;
}

core::LifeWriter Client::replayed() const { return core::replay(began_at_, facts_, rules_, calendar_); }

core::Outlook Client::outlook(const core::Life& life) const { return core::outlook(life, rules_.back(), calendar_); }

std::string Client::on(std::string_view clock) const {
  const core::LifeWriter writer = replayed();
  const core::Reading reading = core::read(writer.life(), outlook(writer.life()), calendar_.at(clock));
  return std::string(name_of(reading.status)) + " since " +
         (reading.since ? calendar_.text(*reading.since) : "unknown") + by(reading.rule);
}

std::string Client::history(std::string_view clock) const {
  const core::LifeWriter writer = replayed();
  std::vector<Change> changes = writer.changes();
  std::ranges::copy(core::upcoming(writer.life(), outlook(writer.life())), std::back_inserter(changes));
  std::string lines;
  for (const Change& change : changes)
    if (change.at <= calendar_.at(clock)) lines += text(change, calendar_) + "\n";
  return lines;
}

std::string Client::counts(std::string_view clock) const {
  const core::LifeWriter writer = replayed();
  const core::Life& life = writer.life();
  const bool lost_since_then =
      core::read(life, outlook(life), calendar_.at(clock)).status == Status::lost && life.status != Status::lost;
  return "lost " + std::to_string(life.times_lost + (lost_since_then ? 1 : 0)) + ", returned " +
         std::to_string(life.times_returned);
}

std::string Client::deadlines() const {
  const core::Outlook ahead = outlook(replayed().life());
  const auto day = [&](std::optional<Instant> at) { return at ? calendar_.text(*at) : "never"; };
  return "at risk " + day(ahead.at_risk_at) + ", lost " + day(ahead.lost_at);
}

}  // namespace winback::test
