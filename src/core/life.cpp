// See life.hpp for the states, the rules and what wins at one instant.
#include "core/life.hpp"

#include <algorithm>
#include <cmath>

#include "core/scores.hpp"

namespace winback::core {

namespace {

constexpr std::array<std::string_view, 4> kLossMarks = {"", "lost", "returned", "recovered"};
constexpr std::array<std::string_view, 5> kStatusNames = {"prospect", "active", "at_risk", "lost", "written_off"};

// The fewest days that so many months in a row have.
Instant fewest_days(std::int32_t months) {
  constexpr std::array<Instant, 12> kWithinAYear = {0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334};
  return Instant{months / 12} * 365 + kWithinAYear[months % 12];
}

// The status of a client of whom no rule says anything.
Status idle_status(const Life& life) { return life.last_purchase_at ? Status::active : Status::prospect; }

// Keeps the earliest of the instants that the enabled rules give, at a tie the one of the rule further up.
class Earliest {
 public:
  explicit Earliest(const RuleSet& rules) : rules_(rules) {}

  // `deadline` tells the rule's instant; it is asked only if that counts, for the calendar is dear.
  template <class Deadline>
  void offer(RuleName name, const Deadline& deadline) {
    if (!rules_[name].enabled) return;
    const std::optional<Instant> at = deadline(rules_[name]);
    if (!at) return;
    const bool first = !at_ || *at < *at_ || (*at == *at_ && rules_[name].position < rules_[*rule_].position);
    if (first) at_ = at, rule_ = name;
  }
  std::optional<Instant> at() const { return at_; }
  std::optional<RuleName> rule() const { return rule_; }

 private:
  const RuleSet& rules_;
  std::optional<Instant> at_;
  std::optional<RuleName> rule_;
};

constexpr double kDay = 86'400e6;  // microseconds

// Whether an instant so many days after another has no date; with years to spare.
bool beyond_calendar(Instant at, double days) {
  return days > (static_cast<double>(kEndOfCalendar) - static_cast<double>(at)) / kDay - 1'000;
}

// Last purchase + factor x mean gap; needs `least` purchase days (and two, for there to be a gap). The end of time
// where that has no date: a purchase dated ages ahead by mistake makes gaps of ages.
std::optional<Instant> by_mean_gap(const Life& life, const Rule& rule, const Calendar& calendar, int least) {
  if (life.purchase_days < std::max(least, 2) || !rule.factor) return std::nullopt;
  const double days = static_cast<double>(*life.last_day - *life.first_day) / (life.purchase_days - 1);
  if (beyond_calendar(*life.last_purchase_at, days * *rule.factor)) return kEndOfTime;
  const Interval gap = calendar.mean(*life.last_day - *life.first_day, life.purchase_days - 1);
  return calendar.add(*life.last_purchase_at, calendar.scale(gap, *rule.factor));
}

// `from` + the rule's `after`; nullopt where either is missing.
std::optional<Instant> by_silence(std::optional<Instant> from, const Rule& rule, const Calendar& calendar) {
  if (!from || !rule.after) return std::nullopt;
  return calendar.add(*from, *rule.after);
}

// own_cadence, kept within its floor and ceiling.
std::optional<Instant> by_own_cadence(const Life& life, const Rule& rule, const Calendar& calendar) {
  auto at = by_mean_gap(life, rule, calendar, 2);
  if (!at) return at;
  if (rule.floor) at = std::max(*at, calendar.add(*life.last_purchase_at, *rule.floor));
  if (rule.ceiling) at = std::min(*at, calendar.add(*life.last_purchase_at, *rule.ceiling));
  return at;
}

// model: by day, as purchases are.
std::optional<Instant> by_model(const Life& life, const Rule& rule, const Calendar& calendar) {
  if (!life.last_purchase_at || !rule.fit) return std::nullopt;
  constexpr double kRounding = 1e-9;  // days
  const Day bought_for = *life.last_day - *life.first_day;
  const double unit = rule.fit->unit_days;
  const double age = age_at_p_alive(rule.fit->model, rule.fit->parameters, life.purchase_days - 1, bought_for / unit,
                                    rule.threshold);
  const double silence = std::max(1.0, std::ceil(age * unit - kRounding) - bought_for);
  if (std::isnan(age)) return std::nullopt;
  if (beyond_calendar(*life.last_purchase_at, silence)) return kEndOfTime;
  return calendar.day_start(*life.last_day + static_cast<Day>(silence));
}

// slowing: the client's own rhythm where there is one, else a fixed silence.
std::optional<Instant> by_slowing(const Life& life, const Rule& rule, const Calendar& calendar) {
  const auto rhythm = by_mean_gap(life, rule, calendar, 3);
  return rhythm ? rhythm : by_silence(life.last_purchase_at, rule, calendar);
}

// An instant that never comes is none.
void drop_never(std::optional<Instant>& at, std::optional<RuleName>& rule) {
  if (at == kEndOfTime) at.reset(), rule.reset();
}

}  // namespace

std::string_view name_of(LossMark mark) { return kLossMarks[static_cast<std::size_t>(mark)]; }

std::string_view name_of(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<Status> status_named(std::string_view name) {
  const auto found = std::ranges::find(kStatusNames, name);
  if (found == kStatusNames.end()) return std::nullopt;
  return static_cast<Status>(found - kStatusNames.begin());
}

Outlook outlook(const Life& life, const RuleSet& rules, const Calendar& calendar) {
  const auto silent_since = [&](std::optional<Instant> from) {
    return [&calendar, from](const Rule& rule) { return by_silence(from, rule, calendar); };
  };
  const auto reported_at = [](std::optional<Instant> at) { return [at](const Rule&) { return at; }; };
  Earliest lost(rules);
  lost.offer(RuleName::silence, silent_since(life.last_purchase_at));
  lost.offer(RuleName::own_cadence, [&](const Rule& rule) { return by_own_cadence(life, rule, calendar); });
  lost.offer(RuleName::model, [&](const Rule& rule) { return by_model(life, rule, calendar); });
  lost.offer(RuleName::unanswered_offer, silent_since(life.offer_since));
  lost.offer(RuleName::detractor, reported_at(life.detractor_since));
  lost.offer(RuleName::conflict, reported_at(life.conflict_since));
  lost.offer(RuleName::fruitless, reported_at(life.fruitless_since));

  Outlook result;
  result.lost_at = lost.at();
  result.lost_by = lost.rule();
  drop_never(result.lost_at, result.lost_by);
  const auto reported = [&](RuleName name, std::optional<Instant> since) { return since && rules[name].enabled; };
  result.by_fact = life.written_off_since || reported(RuleName::detractor, life.detractor_since) ||
                   reported(RuleName::conflict, life.conflict_since) ||
                   reported(RuleName::fruitless, life.fruitless_since);

  Earliest at_risk(rules);
  at_risk.offer(RuleName::slowing, [&](const Rule& rule) { return by_slowing(life, rule, calendar); });
  if (life.last_purchase_at) at_risk.offer(RuleName::usage_drop, reported_at(life.usage_drop_at));
  result.at_risk_at = at_risk.at();
  result.at_risk_by = at_risk.rule();
  if (result.at_risk_at && result.lost_at) result.at_risk_at = std::min(*result.at_risk_at, *result.lost_at);
  drop_never(result.at_risk_at, result.at_risk_by);
  return result;
}

Stage stage(const Outlook& outlook, Instant clock) {
  if (outlook.by_fact) return Stage::by_fact;
  if (outlook.lost_at && *outlook.lost_at <= clock) return Stage::lost;
  if (outlook.at_risk_at && *outlook.at_risk_at <= clock) return Stage::at_risk;
  return Stage::idle;
}

Reading read(const Life& life, const Outlook& outlook, Instant clock) {
  // A deadline that had come before the last fact may stand elsewhere since the rules have changed.
  switch (stage(outlook, clock)) {
    case Stage::by_fact:
      return {life.status, life.since, life.status == Status::lost ? outlook.lost_by : std::nullopt};
    case Stage::lost:
      return {Status::lost, life.status == Status::lost ? life.since : outlook.lost_at, outlook.lost_by};
    case Stage::at_risk:
      return {Status::at_risk, life.at_risk_since ? life.at_risk_since : outlook.at_risk_at, outlook.at_risk_by};
    case Stage::idle:
      break;
  }
  return {idle_status(life), life.idle_since, std::nullopt};
}

std::vector<Change> upcoming(const Life& life, const Outlook& outlook) {
  std::vector<Change> changes;
  if (outlook.by_fact || life.status == Status::lost || life.status == Status::written_off) return changes;
  Status from = life.status;
  const bool passes_risk = outlook.at_risk_at && (!outlook.lost_at || *outlook.at_risk_at < *outlook.lost_at);
  if (passes_risk && from != Status::at_risk) {
    changes.push_back({from, Status::at_risk, *outlook.at_risk_at, outlook.at_risk_by});
    from = Status::at_risk;
  }
  if (outlook.lost_at) changes.push_back({from, Status::lost, *outlook.lost_at, outlook.lost_by, LossMark::lost});
  return changes;
}

LifeWriter::LifeWriter(Life life, const RuleHistory& rules, const Calendar& calendar)
    : LifeWriter(life, rules, calendar, rules.size()) {}

LifeWriter::LifeWriter(Life life, const RuleHistory& rules, const Calendar& calendar, std::size_t judged)
    : life_(life), rules_(rules), calendar_(calendar), version_(judged - 1), has_all_facts_(false) {}

LifeWriter::LifeWriter(std::optional<Instant> began_at, const RuleHistory& rules, const Calendar& calendar)
    : rules_(rules), calendar_(calendar), version_(0), has_all_facts_(true) {
  life_.began_at = began_at;
  life_.since = began_at;
  life_.idle_since = began_at;
  read_uses();
}

// Takes one change of status into the life and the list.
void LifeWriter::become(Status status, Instant at, std::optional<RuleName> rule, Bringer by) {
  if (status == life_.status) return;
  Change& change = changes_.emplace_back(life_.status, status, at, rule, LossMark::none, by);
  life_.status = status;
  life_.since = at;
  if (status == Status::prospect || status == Status::active) life_.idle_since = at, life_.at_risk_since.reset();
  if (status == Status::at_risk) life_.at_risk_since = at;
  if (status == Status::lost && !life_.loss_open) {
    life_.loss_open = true;
    ++life_.times_lost;
    change.loss = LossMark::lost;
  }
  // A loss ends when the client is neither lost nor hidden behind written_off.
  if (status != Status::lost && status != Status::written_off) {
    if (life_.loss_open) change.loss = by == Bringer::purchase ? LossMark::returned : LossMark::recovered;
    life_.loss_open = false;
  }
}

// Whether it is plain that no deadline can fire before `until`, without asking the calendar, which is dear: most
// purchases follow the one before long before anything is due. Months count as few days as they can have, and two days
// are left for all that moves local days.
bool LifeWriter::nothing_due_before(Instant until) const {
  const RuleSet& rules = rules_now();
  if (rules[RuleName::own_cadence].enabled || rules[RuleName::model].enabled || life_.offer_since) return false;
  if (!life_.last_purchase_at) return true;
  if (life_.usage_drop_at && *life_.usage_drop_at <= until) return false;
  const double elapsed = static_cast<double>(until) - static_cast<double>(*life_.last_purchase_at) + 2 * kDay;
  const auto comes_later = [&](const Rule& rule) {
    if (!rule.after) return true;
    const Interval& after = *rule.after;
    if (after.months < 0) return false;
    return elapsed < (fewest_days(after.months) + after.days) * kDay + static_cast<double>(after.microseconds);
  };
  const Rule& slowing = rules[RuleName::slowing];
  if (rules[RuleName::silence].enabled && !comes_later(rules[RuleName::silence])) return false;
  if (!slowing.enabled) return true;
  if (life_.purchase_days < 3 || !slowing.factor) return comes_later(slowing);
  const double gap = static_cast<double>(*life_.last_day - *life_.first_day) / (life_.purchase_days - 1);
  return elapsed < gap * *slowing.factor * kDay;
}

// Lets the deadlines of the present rules fire that come before `until` (or at it, if inclusive).
void LifeWriter::pass_deadlines(Instant until, bool inclusive) {
  watch_use(until, inclusive);
  if (nothing_due_before(until)) return;
  for (const Change& change : upcoming(life_, outlook(life_, rules_now(), calendar_)))
    if (change.at < until || (inclusive && change.at == until))
      become(change.to, change.at, change.rule, Bringer::time);
}

// Judges the status anew at one instant: after a signal, its end, a change of the rules, or a taking back.
void LifeWriter::judge(Instant at) {
  if (life_.written_off_since) return become(Status::written_off, at, std::nullopt, Bringer::report);
  const Outlook ahead = outlook(life_, rules_now(), calendar_);
  if (ahead.lost_at && *ahead.lost_at <= at) return become(Status::lost, at, ahead.lost_by, Bringer::report);
  if (ahead.at_risk_at && *ahead.at_risk_at <= at)
    return become(Status::at_risk, at, ahead.at_risk_by, Bringer::report);
  become(idle_status(life_), at, std::nullopt, Bringer::report);
}

// Moves on to every version of the rules that is valid by `at`.
void LifeWriter::judge_versions_until(Instant at) {
  while (version_ + 1 < rules_.size() && rules_[version_ + 1].valid_from <= at) {
    const Instant changed_at = rules_[version_ + 1].valid_from;
    pass_deadlines(changed_at, true);
    ++version_;
    reinterpret();
    watch_use(changed_at, true);
    judge(changed_at);
  }
}

// Reads what depends on a rule's parameters anew, after a change of the rules.
void LifeWriter::reinterpret() {
  if (!has_all_facts_) return;
  life_.detractor_since.reset();
  for (const Fact& score : scores_) read_score(score);
  life_.offer_since.reset();
  for (const Fact& offer : offers_) read_offer(offer);
  const auto fine = static_cast<std::size_t>(rules_now()[RuleName::fruitless].more_than);
  life_.fruitless_since.reset();
  if (inquiries_.size() > fine) life_.fruitless_since = inquiries_[fine].at;
  read_uses();
}

// Begins to watch the use, or leaves it, as the present rules have it.
void LifeWriter::read_uses() {
  const Rule& rule = rules_now()[RuleName::usage_drop];
  usage_.reset();
  if (rule.enabled && rule.after && rule.factor) usage_.emplace(rule, calendar_, uses_, life_.last_purchase_at);
  life_.usage_drop_at = usage_ ? usage_->fallen() : std::nullopt;
}

// Lets the time pass for the use.
void LifeWriter::watch_use(Instant until, bool inclusive) {
  if (!usage_) return;
  usage_->pass(until, inclusive);
  life_.usage_drop_at = usage_->fallen();
}

// A good score ends a run of bad ones, of which the first counts.
void LifeWriter::read_score(const Fact& score) {
  if (score.value > rules_now()[RuleName::detractor].at_most)
    life_.detractor_since.reset();
  else if (!life_.detractor_since)
    life_.detractor_since = score.at;
}

// Keeps the offer that goes unanswered first. That is the first one but for the ends of months: of 30 August 12:00 and
// 31 August 10:00 the later one is three months old earlier, on 30 November at 10:00.
void LifeWriter::read_offer(const Fact& offer) {
  const Rule& rule = rules_now()[RuleName::unanswered_offer];
  if (!life_.offer_since || by_silence(offer.at, rule, calendar_) < by_silence(life_.offer_since, rule, calendar_))
    life_.offer_since = offer.at;
}

// A purchase ends signals, offers, losses and being written off, and sets every silence back to zero.
void LifeWriter::purchase(Instant at) {
  const Day day = calendar_.local_day(at);
  if (!life_.first_day) life_.first_day = day;
  if (life_.last_day != day) ++life_.purchase_days;
  life_.last_day = day;
  life_.detractor_since.reset();
  life_.conflict_since.reset();
  life_.fruitless_since.reset();
  life_.offer_since.reset();
  life_.written_off_since.reset();
  if (usage_) usage_->purchase(at), life_.usage_drop_at.reset();
  scores_.clear();
  offers_.clear();
  inquiries_.clear();
  const bool first = !life_.last_purchase_at;
  life_.last_purchase_at = at;
  if (life_.loss_open) ++life_.times_returned;
  if (first && life_.began_at == at && life_.status == Status::prospect) {
    life_.first_status = life_.status = Status::active;  // which is no change
    life_.since = at;
    life_.idle_since = at;
  } else {
    become(Status::active, at, std::nullopt, Bringer::purchase);
  }
}

void LifeWriter::feed(const Fact& fact) {
  judge_versions_until(fact.at);
  pass_deadlines(fact.at, false);
  if (fact.kind > FactKind::usage) watch_use(fact.at, true);  // no use of that instant is still to come
  switch (fact.kind) {
    case FactKind::purchase:
      purchase(fact.at);
      break;
    case FactKind::score:
      scores_.push_back(fact);
      read_score(fact);
      break;
    case FactKind::conflict:
      if (!life_.conflict_since) life_.conflict_since = fact.at;
      break;
    case FactKind::inquiry:
      if (life_.last_purchase_at) break;
      inquiries_.push_back(fact);
      if (++life_.inquiries > rules_now()[RuleName::fruitless].more_than && !life_.fruitless_since)
        life_.fruitless_since = fact.at;
      break;
    case FactKind::offer:
      offers_.push_back(fact);
      read_offer(fact);
      break;
    case FactKind::usage:
      uses_.push_back({fact.at, fact.value});
      if (usage_) usage_->use(uses_.back()), life_.usage_drop_at = usage_->fallen();
      break;
    case FactKind::write_off:
      if (!life_.written_off_since) life_.written_off_since = fact.at;
      break;
    case FactKind::take_back:
      life_.written_off_since.reset();
      break;
  }
  if (fact.kind != FactKind::purchase) judge(fact.at);
  life_.last_fact_at = fact.at;
}

void LifeWriter::finish() {
  judge_versions_until(kEndOfTime);
  if (usage_) life_.usage_drop_at = usage_->falls();
}

bool read_signals_alike(const RuleSet& a, const RuleSet& b) {
  const bool use_counts = a[RuleName::usage_drop].enabled || b[RuleName::usage_drop].enabled;
  return !use_counts && a[RuleName::detractor].at_most == b[RuleName::detractor].at_most &&
         a[RuleName::unanswered_offer].after == b[RuleName::unanswered_offer].after &&
         a[RuleName::fruitless].more_than == b[RuleName::fruitless].more_than;
}

LifeWriter replay(std::optional<Instant> began_at, const std::vector<Fact>& sorted_facts, const RuleHistory& rules,
                  const Calendar& calendar) {
  LifeWriter writer(began_at, rules, calendar);
  for (auto next = sorted_facts.begin(); next != sorted_facts.end();) {
    Fact fact = *next++;
    for (; fact.kind == FactKind::usage && next != sorted_facts.end() && next->kind == fact.kind && next->at == fact.at;
         ++next)
      fact.value += next->value;
    writer.feed(fact);
  }
  writer.finish();
  return writer;
}

}  // namespace winback::core
