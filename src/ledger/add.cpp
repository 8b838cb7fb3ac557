// See add.hpp.
#include "ledger/add.hpp"

#include <algorithm>

#include "ledger/dossier.hpp"
#include "pg/money.hpp"

namespace winback::ledger {

using capture::AddedFact;
using capture::SourceKind;

namespace {

// Whether a purchase at this instant comes after all that the life was fed: at the instant of the last fact only if that
// was a purchase too, for signals are fed after it.
bool comes_last(const core::Life& life, core::Instant at) {
  const bool signal = life.detractor_since || life.conflict_since || life.fruitless_since || life.offer_since ||
                      life.written_off_since;
  return !life.last_fact_at || at > *life.last_fact_at ||
         (at == *life.last_fact_at && at == life.last_purchase_at && !signal);
}

}  // namespace

bool add_facts(const capture::Setup& setup, ClientRow& row, std::span<const AddedFact> facts,
               std::vector<core::Change>& changes) {
  const Datum zero = pg::money_of(0);
  if (!row.life.began_at) return false;
  core::LifeWriter life(row.life, setup.rules, *setup.calendar);
  for (const AddedFact& fact : facts) {
    if (fact.at < *row.life.began_at) return false;
    if (fact.kind == SourceKind::calls) {
      if (setup.is_contact(fact.value()))
        row.last_contact_at = std::max(row.last_contact_at.value_or(core::kBeginningOfTime), fact.at);
      continue;
    }
    if (row.orders == 0) return false;
    const Datum amount = fact.number == 0 ? zero : fact.number;
    if (pg::compare(amount, zero) < 0) {
      add_amount(row, fact.at, amount, period_begins_after(setup, *row.last_order_at));
      continue;
    }
    if (!comes_last(life.life(), fact.at) || fact.at < setup.newest_rules().valid_from) return false;
    const core::Instant period_after = period_begins_after(setup, fact.at);
    if (row.period_first_at && *row.period_first_at <= period_after) return false;
    add_amount(row, fact.at, amount, period_after);
    ++row.orders;
    row.last_order_at = fact.at;
    life.feed({fact.at, core::FactKind::purchase, 0});
    if (!row.interaction_since || fact.at > *row.interaction_since) {
      row.interaction_status = "warm";
      row.interaction_since = fact.at;
    }
  }
  row.life = life.life();
  changes.insert(changes.end(), life.changes().begin(), life.changes().end());
  row.outlook = core::outlook(row.life, setup.newest_rules(), *setup.calendar);
  row.contact_due_on = contact_due_on(setup, row);
  return true;
}

}  // namespace winback::ledger
