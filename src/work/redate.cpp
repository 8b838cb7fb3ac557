// See redate.hpp.
#include "work/redate.hpp"

#include "pg/keyed_scan.hpp"
#include "work/many.hpp"
#include "work/pass.hpp"
#include "work/rewrite.hpp"

namespace winback::work {

bool can_redate(const capture::Setup& setup, const capture::Sum& noted) {
  const core::RuleHistory& rules = setup.rules;
  return noted.newer_rules && !noted.everything && !noted.rekeyed && !noted.all_evidence &&
         noted.lost_track_because.empty() && noted.empty() && noted.names().empty() && rules.size() > 1 &&
         rules.back().valid_from == *noted.newer_rules && core::read_signals_alike(rules.back(), rules.rbegin()[1]) &&
         !setup.has_frozen && ledger::stale_marks(setup).empty();
}

void redate(Settler& settler, pg::Progress& progress) {
  const capture::LedgerTables& tables = settler.setup().tables;
  const pg::OwnContext kept("winback redate", CurrentMemoryContext);
  std::vector<Datum> afresh;
  {
    Rewrite rewrite(settler, false);
    const pg::OwnContext context("winback client", CurrentMemoryContext);
    const double clients = ledger::about_rows(tables.client).value_or(0);
    progress.begin(pg::Phase::writing, clients > 0 ? std::optional(static_cast<std::int64_t>(clients)) : std::nullopt);
    pg::KeyedScan rows(tables.client, tables.client_key, settler.setup().key);
    rows.each([&](const pg::Values& stored, ItemPointerData place) {
      progress.step();
      const pg::InContext in(context.get());
      const ledger::ClientRow before = settler.columns().read(stored);
      if (!rewrite.redate(before, stored, place)) afresh.push_back(settler.setup().key.copy(before.client, kept.get()));
      context.reset();
    });
    rewrite.finish();
  }
  compute_afresh(settler, progress, afresh, {});
}

}  // namespace winback::work
