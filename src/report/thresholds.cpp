// What thresholds are found and judged by: days of purchases, and whom a rule would have flagged.
#include <algorithm>

#include "clock/now.hpp"
#include "pg/entry.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"
#include "report/purchase_days.hpp"
#include "work/pass.hpp"

extern "C" {
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/date.h"
}

using namespace winback;

namespace {

// The days of these purchases, each once, as date[].
Datum days_of(const std::vector<report::Purchase>& purchases) {
  std::vector<Datum> days;
  for (const report::Purchase& purchase : purchases)
    if (days.empty() || DatumGetDateADT(days.back()) != purchase.day) days.push_back(DateADTGetDatum(purchase.day));
  return pg::call([&] {
    return PointerGetDatum(construct_array(days.data(), static_cast<int>(days.size()), DATEOID, sizeof(DateADT), true,
                                           TYPALIGN_INT));
  });
}

// The rule of this name, with nothing but what it says itself in force, at all times.
core::RuleHistory rule_alone(const capture::Setup& setup, core::RuleName name) {
  core::RuleSet alone = setup.newest_rules();
  alone.valid_from = core::kBeginningOfTime;
  for (core::Rule& rule : alone.rules) rule.enabled = false;
  alone[name].enabled = true;
  return {alone};
}

// When a rule would have flagged a client, up to an instant: of what comes to pass at some time nothing that happens
// later is asked, neither by a life that is replayed, nor by a deadline.
std::vector<core::Instant> flagged_at(const ledger::Dossier& dossier, const core::RuleHistory& rules,
                                      core::RuleName name, core::Instant to, const core::Calendar& calendar) {
  std::vector<core::Fact> facts;
  const auto is_past = [&](const core::Fact& fact) { return fact.at <= to; };
  std::ranges::copy_if(dossier.life_facts(), std::back_inserter(facts), is_past);
  std::sort(facts.begin(), facts.end());
  const core::LifeWriter life = core::replay(dossier.began_at(), facts, rules, calendar);
  std::vector<core::Change> changes = life.changes();
  std::ranges::copy(core::upcoming(life.life(), core::outlook(life.life(), rules.back(), calendar)),
                    std::back_inserter(changes));
  std::vector<core::Instant> flagged;
  for (const core::Change& change : changes)
    if (change.rule == name && change.at <= to) flagged.push_back(change.at);
  return flagged;
}

// The period revenue of a client as it was at an instant.
Datum period_revenue_at(const ledger::Dossier& dossier, const capture::Setup& setup, core::Instant at) {
  std::optional<core::Instant> last;
  for (const auto& order : dossier.orders())
    if (!order.is_return && order.at <= at) last = std::max(last.value_or(order.at), order.at);
  pg::Amount sum;
  if (!last) return pg::to_numeric(sum);
  const core::Instant after = ledger::period_begins_after(setup, *last);
  for (const auto& order : dossier.orders())
    if (order.at > after && order.at <= at) sum = pg::sum(sum, order.amount);
  return pg::to_numeric(sum);
}

// The first purchase after an instant, up to another.
std::optional<core::Instant> bought_within(const ledger::Dossier& dossier, core::Instant after, core::Instant to) {
  std::optional<core::Instant> first;
  for (const auto& order : dossier.orders())
    if (!order.is_return && order.at > after && order.at <= to) first = std::min(first.value_or(order.at), order.at);
  return first;
}

}  // namespace

// _purchase_days(until): the days on which each client bought, up to an instant.
WINBACK_FUNCTION(winback_purchase_days) {
  const pg::ResultRows rows(fcinfo);
  const auto setup = capture::need_setup();
  pg::Progress progress(pg::Work::thresholds, setup->tables.client, true);
  const pg::OwnContext scratch("winback purchase days", CurrentMemoryContext);
  report::each_history(setup, PG_GETARG_TIMESTAMPTZ(0), progress,
                       [&](Datum client, const std::vector<report::Purchase>& purchases) {
                         const pg::InContext in(scratch.get());
                         pg::Values row = rows.row();
                         row.set(0, pg::text_datum(setup->key.to_text(client)));
                         row.set(1, days_of(purchases));
                         rows.put(row);
                         scratch.reset();
                       });
  PG_RETURN_NULL();
}

// _backtest_flags(rule, from, to, fit_id): whom a rule would have flagged from one instant up to another (exclusive),
// had it been alone in force, and who of them bought again up to then; the rule model, by that fit.
WINBACK_FUNCTION(winback_backtest_flags) {
  const pg::ResultRows rows(fcinfo);
  const auto name = core::rule_named(pg::text_argument(fcinfo, 0));
  const core::Instant from = PG_GETARG_TIMESTAMPTZ(1), to = PG_GETARG_TIMESTAMPTZ(2);
  if (!name) throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "there is no such rule", {}, "See winback.rule.");
  auto setup = capture::need_setup();
  pg::call([&] { LockRelationOid(setup->tables.client, AccessShareLock); });
  setup = capture::need_setup();  // as it is under that lock
  core::RuleHistory rules = rule_alone(*setup, *name);
  if (!PG_ARGISNULL(3)) rules.back()[*name].fit = capture::order_fit(PG_GETARG_INT64(3));
  ledger::Patience patience = ledger::Patience::endless();
  work::Settler settler(setup, clock::now(), work::Occasion::sweep, patience);
  pg::Progress progress(pg::Work::thresholds, setup->tables.client, true);
  work::each_dossier(settler, progress, pg::Phase::judging, [&](Datum client, ledger::Dossier& dossier) {
    for (const core::Instant at : flagged_at(dossier, rules, *name, to, *setup->calendar)) {
      if (at < from || at >= to) continue;
      pg::Values row = rows.row();
      row.set(0, pg::text_datum(setup->key.to_text(client)));
      row.set(1, TimestampTzGetDatum(at));
      row.set(2, period_revenue_at(dossier, *setup, at));
      if (const auto bought = bought_within(dossier, at, to)) row.set(3, TimestampTzGetDatum(*bought));
      rows.put(row);
    }
  });
  PG_RETURN_NULL();
}
