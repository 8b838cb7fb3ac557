#include "support/model.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

namespace winback::test {

using core::Calendar;
using core::Day;
using core::Fact;
using core::FactKind;
using core::Instant;
using core::Interval;
using core::RuleHistory;
using core::RuleName;
using core::RuleSet;
using core::Status;

namespace {

// An instant at which a rule says at_risk or lost.
struct Firing {
  Instant at;
  RuleName rule;
};

// All facts of one kind, in order.
std::vector<Fact> of_kind(FactKind kind, const std::vector<Fact>& facts) {
  std::vector<Fact> found;
  std::ranges::copy_if(facts, std::back_inserter(found), [&](const Fact& fact) { return fact.kind == kind; });
  return found;
}

// When a use is no longer a recent one, and when it is no longer an earlier one.
std::pair<Instant, Instant> ends_of_use(Instant at, const core::Rule& rule, const Calendar& calendar) {
  return {calendar.add(at, *rule.after), calendar.add(at, calendar.scale(*rule.after, 2))};
}

// Whether less than factor x as much was used up to an instant, over `after`, as over the `after` before.
bool is_low(Instant at, const std::vector<Fact>& uses, const core::Rule& rule, const Calendar& calendar) {
  double recent = 0, earlier = 0;
  for (const Fact& use : uses) {
    const auto [leaves, gone] = ends_of_use(use.at, rule, calendar);
    if (use.at <= at && at < leaves) recent += use.value;
    if (leaves <= at && at < gone) earlier += use.value;
  }
  return recent < *rule.factor * earlier;
}

// Since when the use has fallen, or will have, after the last purchase: the first time of those that no use followed
// after which it was not low.
std::optional<Instant> usage_drop(const std::vector<Fact>& facts, Instant last_purchase, const core::Rule& rule,
                                  const Calendar& calendar) {
  if (!rule.after || !rule.factor) return std::nullopt;
  const std::vector<Fact> uses = of_kind(FactKind::usage, facts);
  std::set<Instant> instants;
  for (const Fact& use : uses) {
    const auto [leaves, gone] = ends_of_use(use.at, rule, calendar);
    instants.insert({use.at, leaves, gone});
  }
  std::optional<Instant> fallen;
  bool was_low = false;
  for (const Instant at : instants) {
    const bool low = is_low(at, uses, rule, calendar);
    const bool used = std::ranges::count(uses, at, &Fact::at) > 0;
    if (used && !low) fallen.reset();
    if (low && !was_low && !fallen && at > last_purchase) fallen = at;
    was_low = low;
  }
  return fallen;
}

// Every firing of an enabled rule, past and to come, if nothing more happens than `facts`.
std::vector<Firing> firings(const std::vector<Fact>& facts, const RuleSet& rules, const Calendar& calendar) {
  std::vector<Firing> found;
  const auto fires = [&](RuleName name, Instant at) {
    if (rules[name].enabled) found.push_back({at, name});
  };
  const std::vector<Fact> purchases = of_kind(FactKind::purchase, facts);
  const bool bought = !purchases.empty();
  const Instant last = bought ? purchases.back().at : core::kBeginningOfTime;

  if (bought) {
    if (const auto& after = rules[RuleName::silence].after) fires(RuleName::silence, calendar.add(last, *after));
    std::set<Day> purchase_days;
    for (const Fact& purchase : purchases) purchase_days.insert(calendar.local_day(purchase.at));
    const auto count = static_cast<int>(purchase_days.size());
    const auto after_gaps = [&](double factor) {
      const Interval gap = calendar.mean(*purchase_days.rbegin() - *purchase_days.begin(), count - 1);
      return calendar.add(last, calendar.scale(gap, factor));
    };
    const core::Rule& cadence = rules[RuleName::own_cadence];
    if (count >= 2 && cadence.factor) {
      Instant at = after_gaps(*cadence.factor);
      if (cadence.floor) at = std::max(at, calendar.add(last, *cadence.floor));
      if (cadence.ceiling) at = std::min(at, calendar.add(last, *cadence.ceiling));
      fires(RuleName::own_cadence, at);
    }
    const core::Rule& slowing = rules[RuleName::slowing];
    if (count >= 3 && slowing.factor)
      fires(RuleName::slowing, after_gaps(*slowing.factor));
    else if (slowing.after)
      fires(RuleName::slowing, calendar.add(last, *slowing.after));
    const core::Rule& use = rules[RuleName::usage_drop];
    if (const auto at = usage_drop(facts, last, use, calendar)) fires(RuleName::usage_drop, *at);
  }

  // A signal or an offer stands unless a purchase came later.
  if (const auto& after = rules[RuleName::unanswered_offer].after)
    for (const Fact& offer : of_kind(FactKind::offer, facts))
      if (offer.at >= last) fires(RuleName::unanswered_offer, calendar.add(offer.at, *after));
  for (const Fact& conflict : of_kind(FactKind::conflict, facts))
    if (conflict.at >= last) fires(RuleName::conflict, conflict.at);
  std::vector<Fact> scores = of_kind(FactKind::score, facts);
  std::ranges::reverse(scores);  // the latest run of bad ones, backwards
  for (const Fact& score : scores) {
    if (score.value > rules[RuleName::detractor].at_most || score.at < last) break;
    fires(RuleName::detractor, score.at);
  }
  const std::vector<Fact> inquiries = of_kind(FactKind::inquiry, facts);
  const auto fine = static_cast<std::size_t>(rules[RuleName::fruitless].more_than);
  if (!bought && inquiries.size() > fine) fires(RuleName::fruitless, inquiries[fine].at);
  return found;
}

bool is_written_off(const std::vector<Fact>& facts) {
  bool written_off = false;
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::write_off) written_off = true;
    if (fact.kind == FactKind::take_back || fact.kind == FactKind::purchase) written_off = false;
  }
  return written_off;
}

// The instants at which a life may change: facts, new rules, and every firing there is at any time by any rules.
std::set<Instant> instants_of(const std::vector<Fact>& facts, const RuleHistory& rules, const Calendar& calendar) {
  std::set<Instant> instants;
  for (const Fact& fact : facts) instants.insert(fact.at);
  for (const RuleSet& version : rules) {
    if (version.valid_from != core::kBeginningOfTime) instants.insert(version.valid_from);
    for (std::size_t known = 0; known <= facts.size(); ++known) {
      const std::vector<Fact> past(facts.begin(), facts.begin() + static_cast<std::ptrdiff_t>(known));
      for (const Firing& firing : firings(past, version, calendar)) instants.insert(firing.at);
    }
  }
  return instants;
}

// Writes the opinions, one after the other, as changes.
class Writer {
 public:
  void see(Instant at, const Opinion& opinion, std::optional<FactKind> fact) {
    const bool was_lost = is_lost_;
    if (fact == FactKind::purchase && was_lost) ++life_.times_returned;
    if (opinion.status == Status::lost && !is_lost_) ++life_.times_lost;
    // Being written off neither ends a loss nor is one.
    if (opinion.status != Status::written_off) is_lost_ = opinion.status == Status::lost;
    if (!status_) life_.first_status = opinion.status;
    core::LossMark loss = core::LossMark::none;
    if (is_lost_ && !was_lost) loss = core::LossMark::lost;
    if (was_lost && !is_lost_)
      loss = fact == FactKind::purchase ? core::LossMark::returned : core::LossMark::recovered;
    if (status_ && *status_ != opinion.status)
      life_.changes.push_back({*status_, opinion.status, at, opinion.rule, loss});
    status_ = opinion.status;
  }
  Biography life() const { return life_; }

 private:
  Biography life_;
  std::optional<Status> status_;
  bool is_lost_ = false;
};

}  // namespace

Opinion opinion_at(Instant clock, const std::vector<Fact>& facts, const RuleSet& rules, const Calendar& calendar) {
  if (is_written_off(facts)) return {Status::written_off, std::nullopt};
  std::vector<Firing> fired = firings(facts, rules, calendar);
  std::erase_if(fired, [&](const Firing& firing) { return firing.at > clock; });
  const auto only_at_risk = [](const Firing& firing) {
    return firing.rule == RuleName::slowing || firing.rule == RuleName::usage_drop;
  };
  // Lost before at risk, the earliest first, the smaller position first.
  std::ranges::sort(fired, {}, [&](const Firing& firing) {
    return std::tuple(only_at_risk(firing), firing.at, rules[firing.rule].position);
  });
  if (!fired.empty()) return {only_at_risk(fired.front()) ? Status::at_risk : Status::lost, fired.front().rule};
  return {of_kind(FactKind::purchase, facts).empty() ? Status::prospect : Status::active, std::nullopt};
}

Biography biography(const std::vector<Fact>& facts, const RuleHistory& rules, const Calendar& calendar) {
  Writer writer;
  // A life that does not begin with a purchase begins as a prospect's.
  if (facts.empty() || facts.front().kind != FactKind::purchase) writer.see(0, {}, std::nullopt);
  std::vector<Fact> known;
  auto version = rules.begin();
  for (const Instant at : instants_of(facts, rules, calendar)) {
    const auto next_fact = [&] { return facts.begin() + static_cast<std::ptrdiff_t>(known.size()); };
    const auto look = [&](std::optional<FactKind> fact) {
      if (!known.empty()) writer.see(at, opinion_at(at, known, *version, calendar), fact);
    };
    // New rules: up to them the old ones act, then they do, then come the facts of that instant.
    const bool new_rules = version + 1 != rules.end() && (version + 1)->valid_from == at;
    if (new_rules) {
      look(std::nullopt);
      ++version;
      look(std::nullopt);
    }
    // Facts one by one; where there are none, the clock alone may have moved something.
    const bool new_facts = next_fact() != facts.end() && next_fact()->at == at;
    for (auto fact = next_fact(); fact != facts.end() && fact->at == at; ++fact) {
      known.push_back(*fact);
      const auto next = fact + 1;
      const bool one_use = fact->kind == FactKind::usage && next != facts.end() && next->kind == fact->kind;
      if (!one_use || next->at != at) look(fact->kind);
    }
    if (!new_facts && !new_rules) look(std::nullopt);
  }
  return writer.life();
}

}  // namespace winback::test
