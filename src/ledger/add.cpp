// See add.hpp.
#include "ledger/add.hpp"

#include <algorithm>

#include "ledger/dossier.hpp"
#include "pg/amount.hpp"

namespace winback::ledger {

using capture::AddedFact;
using capture::SourceKind;

namespace {

// Whether a purchase at this instant comes after all that the life was fed: at the instant of the last fact only if
// that was a purchase too, for signals are fed after it.
bool comes_last(const core::Life& life, core::Instant at) {
  const bool signal = life.detractor_since || life.conflict_since || life.fruitless_since || life.offer_since ||
                      life.written_off_since;
  return !life.last_fact_at || at > *life.last_fact_at ||
         (at == *life.last_fact_at && at == life.last_purchase_at && !signal);
}

// Adds the amounts of orders to a row that has its last purchase already; false if rows have left the value period.
bool add_amounts(const capture::Setup& setup, ClientRow& row, std::span<const AddedFact> facts) {
  if (row.orders == 0) return true;
  const core::Instant after = period_begins_after(setup, *row.last_order_at);
  if (row.period_first_at && *row.period_first_at <= after) return false;
  pg::Amount earlier, within;
  for (const AddedFact& fact : facts) {
    if (fact.kind != SourceKind::orders) continue;
    const bool counts = fact.at > after;
    if (counts) row.period_first_at = std::min(row.period_first_at.value_or(core::kEndOfTime), fact.at);
    pg::Amount& sum = counts ? within : earlier;
    sum = pg::sum(sum, fact.number);
  }
  row.revenue = pg::to_numeric(pg::sum(pg::amount_of(row.revenue), pg::sum(earlier, within)));
  row.period_revenue = pg::to_numeric(pg::sum(pg::amount_of(row.period_revenue), within));
  return true;
}

}  // namespace

bool add_facts(const capture::Setup& setup, ClientRow& row, std::span<const AddedFact> facts,
               std::vector<core::Change>& changes) {
  if (!row.life.began_at || facts.front().at < *row.life.began_at) return false;
  core::LifeWriter life(row.life, setup.rules, *setup.calendar);
  std::optional<pg::Amount> unrepeated;  // what unrepeated_revenue grows by
  const auto add_unrepeated = [&](const pg::Amount& amount) {
    unrepeated = pg::sum(unrepeated.value_or(pg::Amount()), amount);
  };
  for (const AddedFact& fact : facts) {
    if (fact.kind == SourceKind::calls) {
      if (setup.is_contact(fact.value()))
        row.last_contact_at = std::max(row.last_contact_at.value_or(core::kBeginningOfTime), fact.at);
      continue;
    }
    if (row.orders == 0) return false;
    if (pg::is_negative(fact.number)) {
      add_unrepeated(fact.number);
      continue;
    }
    if (!comes_last(life.life(), fact.at) || fact.at < setup.newest_rules().valid_from) return false;
    if (life.life().usage_drop_at && *life.life().usage_drop_at <= fact.at) return false;
    ++row.orders;
    row.last_order_at = fact.at;
    life.feed({fact.at, core::FactKind::purchase, 0});
    if (life.life().last_day == life.life().first_day) add_unrepeated(fact.number);
    if (!row.interaction_since || fact.at > *row.interaction_since) {
      row.interaction_status = "warm";
      row.interaction_since = fact.at;
    }
  }
  if (!add_amounts(setup, row, facts)) return false;
  if (unrepeated)
    row.unrepeated_revenue = pg::to_numeric(pg::sum(pg::amount_of(row.unrepeated_revenue), *unrepeated));
  row.life = life.life();
  changes.insert(changes.end(), life.changes().begin(), life.changes().end());
  row.outlook = core::outlook(row.life, setup.newest_rules(), *setup.calendar);
  row.contact_due_on = contact_due_on(setup, row);
  return true;
}

}  // namespace winback::ledger
