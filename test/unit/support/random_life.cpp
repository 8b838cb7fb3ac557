// What must hold of every life:
//
//   replay = model          the history, counts and readings equal those of the naive second opinion in model.hpp
//   replay = one at a time  a life taken out after each fact and gone on with later ends the same, with the same
//   history changes are a chain     each begins where the one before ended, none is earlier, none changes nothing
//   reading = history       the status read at a clock is the one that the changes up to it lead to
#include "support/random_life.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "support/client.hpp"
#include "support/model.hpp"

namespace winback::test {

using core::Change;
using core::Fact;
using core::FactKind;
using core::Instant;
using core::Life;
using core::LifeWriter;
using core::Rule;
using core::RuleHistory;
using core::RuleName;
using core::RuleSet;
using core::Status;

namespace {

constexpr std::array<const char*, 8> kKindNames = {"write_off", "purchase", "usage", "score",
                                                   "conflict",  "inquiry",  "offer", "take_back"};
constexpr Instant kMicrosecond = 1;
constexpr Instant kDay = 86'400'000'000;

// One of the options.
template <typename T, std::size_t n>
T one_of(const Choose& choose, const T (&options)[n]) {
  return options[choose(static_cast<std::uint32_t>(n))];
}

// A local midnight of 2023 or 2024, one of the days that months collide on, or an hour of the spring's short day.
Instant random_instant(const Choose& choose, const TestCalendar& calendar) {
  const int month = static_cast<int>(choose(24));
  const char* const day = one_of(choose, {"01", "02", "15", "28", "28 02:30"});
  const std::string text = std::to_string(2023 + month / 12) + "-" + std::to_string(month % 12 + 1) + "-" + day;
  const Instant at = calendar.at(text);
  return choose(8) == 0 ? calendar.add(at, days(static_cast<int>(choose(4)))) : at;
}

// Shipped rules, shaken.
RuleSet random_rules(const Choose& choose) {
  RuleSet rules = shipped_rules();
  for (Rule& rule : rules.rules) rule.enabled = choose(4) != 0;
  std::swap(rules[RuleName::silence].position, rules.rules[choose(7)].position);
  std::swap(rules[RuleName::conflict].position, rules.rules[choose(7)].position);
  rules[RuleName::silence].after = one_of(choose, {months(3), months(1), months(2), days(31), months(6)});
  rules[RuleName::unanswered_offer].after = one_of(choose, {months(3), months(1), days(14)});
  rules[RuleName::slowing].after = one_of(choose, {months(2), months(3), days(31), hours(36)});
  rules[RuleName::slowing].factor = one_of(choose, {1.5, 1.0, 3.0, 0.7});
  rules[RuleName::own_cadence].factor = one_of(choose, {3.0, 1.0, 1.5});
  rules[RuleName::own_cadence].floor = one_of(choose, {days(0), days(31), months(2)});
  rules[RuleName::own_cadence].ceiling = one_of(choose, {months(12), months(3)});
  rules[RuleName::detractor].at_most = one_of(choose, {6.0, 3.0, 8.0});
  rules[RuleName::fruitless].more_than = one_of(choose, {1, 0, 3});
  rules[RuleName::usage_drop].after = one_of(choose, {months(1), days(14), months(2)});
  rules[RuleName::usage_drop].factor = one_of(choose, {0.5, 1.0, 0.1});
  return rules;
}

// The changes as lines.
std::string lines(const std::vector<Change>& changes, const TestCalendar& calendar) {
  std::string lines;
  for (const Change& change : changes) lines += "    " + text(change, calendar) + "\n";
  return lines;
}

// A replay, and what the clock will add to it.
struct Told {
  LifeWriter writer;
  core::Outlook ahead;
  std::vector<Change> changes;
};

Told tell(const RandomLife& life) {
  LifeWriter writer = core::replay(life.facts.front().at, life.facts, life.rules, *life.calendar);
  const core::Outlook ahead = core::outlook(writer.life(), life.rules.back(), *life.calendar);
  std::vector<Change> changes = writer.changes();
  std::ranges::copy(core::upcoming(writer.life(), ahead), std::back_inserter(changes));
  return {std::move(writer), ahead, std::move(changes)};
}

// replay = model
void compare_with_model(const RandomLife& life, const Told& told, std::ostream& complaints) {
  const Biography model = biography(life.facts, life.rules, *life.calendar);
  if (told.changes != model.changes)
    complaints << "  the history is\n"
               << lines(told.changes, *life.calendar) << "  where the model says\n"
               << lines(model.changes, *life.calendar);
  const auto losses_ahead =
      std::ranges::count(core::upcoming(told.writer.life(), told.ahead), Status::lost, &Change::to);
  const auto times_lost = told.writer.life().times_lost + losses_ahead;
  if (times_lost != model.times_lost)
    complaints << "  lost " << times_lost << " times, the model says " << model.times_lost << "\n";
  if (told.writer.life().times_returned != model.times_returned)
    complaints << "  returned " << told.writer.life().times_returned << " times, the model says "
               << model.times_returned << "\n";
}

// replay = one at a time: facts before the newest rules are replayed, each later one is fed to the stored life; but
// where it takes what was used, all up to then is replayed.
void compare_with_single_steps(const RandomLife& life, const Told& told, std::ostream& complaints) {
  const auto later = std::ranges::lower_bound(life.facts, life.rules.back().valid_from, {}, &Fact::at);
  const std::vector<Fact> earlier(life.facts.begin(), later);
  const LifeWriter begun = core::replay(life.facts.front().at, earlier, life.rules, *life.calendar);
  Life stored = begun.life();
  std::vector<Change> changes = begun.changes();
  for (auto fact = later; fact != life.facts.end(); ++fact) {
    const bool fell = stored.usage_drop_at && *stored.usage_drop_at <= fact->at;
    const bool needs_uses = fact->kind == FactKind::usage || (fact->kind == FactKind::purchase && fell);
    if (needs_uses) {
      const std::vector<Fact> past(life.facts.begin(), fact + 1);
      const LifeWriter afresh = core::replay(life.facts.front().at, past, life.rules, *life.calendar);
      stored = afresh.life();
      changes = afresh.changes();
      continue;
    }
    LifeWriter writer(stored, life.rules, *life.calendar);
    writer.feed(*fact);
    stored = writer.life();
    std::ranges::copy(writer.changes(), std::back_inserter(changes));
  }
  if (stored != told.writer.life()) complaints << "  one at a time, the life ends otherwise\n";
  if (changes != told.writer.changes())
    complaints << "  one at a time, the history is\n"
               << lines(changes, *life.calendar) << "  instead of\n"
               << lines(told.writer.changes(), *life.calendar);
}

// replay = going on by a new version of the rules that reads signals as the one before does
void compare_with_going_on(const RandomLife& life, std::ostream& complaints) {
  core::RuleHistory rules = life.rules;
  if (rules.size() < 2) return;
  RuleSet& newest = rules.back();
  RuleSet& before = rules[rules.size() - 2];
  newest[RuleName::usage_drop].enabled = before[RuleName::usage_drop].enabled = false;
  newest[RuleName::detractor].at_most = before[RuleName::detractor].at_most;
  newest[RuleName::unanswered_offer].after = before[RuleName::unanswered_offer].after;
  newest[RuleName::fruitless].more_than = before[RuleName::fruitless].more_than;
  if (!core::read_signals_alike(newest, before)) complaints << "  signals are said to be read otherwise\n";
  const auto later = std::ranges::lower_bound(life.facts, newest.valid_from, {}, &Fact::at);
  const std::vector<Fact> earlier(life.facts.begin(), later);
  const Instant began_at = life.facts.front().at;
  const core::RuleHistory old_rules(rules.begin(), rules.end() - 1);
  const LifeWriter stored = core::replay(began_at, earlier, old_rules, *life.calendar);
  LifeWriter writer(stored.life(), rules, *life.calendar, old_rules.size());
  writer.finish();
  std::vector<Change> changes = stored.changes();
  std::ranges::copy(writer.changes(), std::back_inserter(changes));
  const LifeWriter afresh = core::replay(began_at, earlier, rules, *life.calendar);
  if (writer.life() != afresh.life()) complaints << "  going on by new rules, the life ends otherwise\n";
  if (changes != afresh.changes())
    complaints << "  going on by new rules, the history is\n"
               << lines(changes, *life.calendar) << "  instead of\n"
               << lines(afresh.changes(), *life.calendar);
}

// changes are a chain
void check_chain(const RandomLife& life, const Told& told, std::ostream& complaints) {
  for (std::size_t i = 0; i < told.changes.size(); ++i) {
    const Change& change = told.changes[i];
    const bool follows = i == 0 || (told.changes[i - 1].to == change.from && told.changes[i - 1].at <= change.at);
    const bool has_rule = change.to == Status::at_risk || change.to == Status::lost;
    if (!follows || change.from == change.to || change.rule.has_value() != has_rule)
      complaints << "  does not fit into the history: " << text(change, *life.calendar) << "\n";
  }
}

// reading = history, at each clock from the last fact and the newest rules on at which anything could differ
void check_readings(const RandomLife& life, const Told& told, std::ostream& complaints) {
  const Instant from = std::max(life.facts.back().at, life.rules.back().valid_from);
  std::vector<Instant> clocks = {from, from + kMicrosecond, from + 90 * kDay, from + 1000 * kDay};
  for (const Change& change : told.changes)
    for (const Instant clock : {change.at - kMicrosecond, change.at, change.at + kMicrosecond}) clocks.push_back(clock);
  Status first_status = told.writer.life().status;
  if (!told.changes.empty()) first_status = told.changes.front().from;
  for (const Instant clock : clocks) {
    if (clock < from) continue;
    Status status = first_status;
    Instant since = life.facts.front().at;
    for (const Change& change : told.changes)
      if (change.at <= clock) status = change.to, since = change.at;
    const core::Reading reading = core::read(told.writer.life(), told.ahead, clock);
    if (reading.status != status || reading.since != since)
      complaints << "  read at " << life.calendar->text(clock) << ": " << name_of(reading.status) << " since "
                 << (reading.since ? life.calendar->text(*reading.since) : "unknown") << ", the history says "
                 << name_of(status) << " since " << life.calendar->text(since) << "\n";
  }
}

}  // namespace

RandomLife random_life(const Choose& choose) {
  RandomLife life;
  life.calendar = choose(4) == 0 ? &central_europe() : &utc();
  life.rules = {random_rules(choose)};
  for (std::uint32_t more = choose(3); more > 0; --more) {
    RuleSet version = random_rules(choose);
    version.valid_from = random_instant(choose, *life.calendar);
    life.rules.push_back(version);
  }
  std::ranges::sort(life.rules, {}, &RuleSet::valid_from);
  const auto same_instant = [](const RuleSet& a, const RuleSet& b) { return a.valid_from == b.valid_from; };
  life.rules.erase(std::unique(life.rules.begin(), life.rules.end(), same_instant), life.rules.end());

  for (std::uint32_t count = 1 + choose(12); count > 0; --count) {
    // Purchases are half of everything, and uses a quarter.
    const auto any = static_cast<FactKind>(choose(kKindNames.size()));
    const auto kind = one_of(choose, {FactKind::purchase, FactKind::purchase, FactKind::usage, any});
    const double value = kind == FactKind::score ? choose(11) : kind == FactKind::usage ? choose(6) : 0;
    life.facts.push_back({random_instant(choose, *life.calendar), kind, value});
  }
  std::ranges::sort(life.facts, std::less<>{});
  return life;
}

std::string describe(const RandomLife& life) {
  std::ostringstream out;
  for (const RuleSet& version : life.rules) {
    const bool first = version.valid_from == core::kBeginningOfTime;
    out << "  rules from " << (first ? "the beginning" : life.calendar->text(version.valid_from)) << "\n";
    for (std::size_t i = 0; i < core::kRuleNames.size(); ++i) {
      const Rule& rule = version.rules[i];
      if (!rule.enabled) continue;
      out << "    " << rule.position << ". " << core::kRuleNames[i];
      if (rule.after)
        out << ", after " << rule.after->months << " months " << rule.after->days << " days "
            << rule.after->microseconds << " microseconds";
      if (rule.factor) out << ", factor " << *rule.factor;
      out << ", at_most " << rule.at_most << ", more_than " << rule.more_than << "\n";
    }
  }
  for (const Fact& fact : life.facts)
    out << "  " << life.calendar->text(fact.at) << " " << kKindNames[static_cast<std::size_t>(fact.kind)] << " "
        << fact.value << "\n";
  return out.str();
}

std::string complaints_about(const RandomLife& life) {
  std::ostringstream complaints;
  const Told told = tell(life);
  compare_with_model(life, told, complaints);
  compare_with_single_steps(life, told, complaints);
  compare_with_going_on(life, complaints);
  check_chain(life, told, complaints);
  check_readings(life, told, complaints);
  return complaints.str();
}

}  // namespace winback::test
