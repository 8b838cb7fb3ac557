// See rewrite.hpp.
#include "work/rewrite.hpp"

#include "work/segments.hpp"

namespace winback::work {

Rewrite::Rewrite(Settler& settler, bool all_evidence)
    : settler_(settler), all_evidence_(all_evidence), new_rows_(settler.setup().tables.client) {
  const capture::LedgerTables& tables = settler.setup().tables;
  rows_.emplace(tables.client, tables.client_key, settler.setup().key);
  changes_.emplace(tables.status_change, tables.status_change_client, settler.setup().key);
  tasks_.emplace(tables.task, tables.task_client, settler.setup().key);
  processes_.emplace(tables.process, tables.process_client, settler.setup().key);
  settler.history().begin_bulk();
}

// How the tasks of the next client are to be looked at: if it has any, or processes.
TaskOrder Rewrite::order_of(Datum client) {
  TaskOrder order;
  order.look = false;
  tasks_->rows_of(client, [&](const pg::Values&, ItemPointerData) { order.look = true; });
  processes_->rows_of(client, [&](const pg::Values&, ItemPointerData) { order.look = true; });
  order.all_evidence = all_evidence_;
  return order;
}

void Rewrite::take(Datum client, ledger::Dossier& dossier) {
  ledger::ClientRow row = dossier.row();
  std::optional<pg::Values> stored;
  ItemPointerData place;
  rows_->rows_of(client, [&](const pg::Values& values, ItemPointerData at) { stored = values, place = at; });
  std::optional<ledger::ClientRow> before;
  if (stored) before = settler_.columns().read(*stored);
  ledger::History& history = settler_.history();
  ledger::History::Comparison comparison = history.comparison(row, dossier.changes(), settler_.clock());
  bool has_history = false;
  changes_->rows_of(client, [&](const pg::Values& values, ItemPointerData at) {
    comparison.meets(values, at);
    has_history = true;
  });
  const ledger::Recorded written = comparison.finish(row);

  const TaskOrder order = order_of(client);
  (void)settler_.settle_tasks(row, before, written, order);
  const bool keep = !dossier.empty() || has_history || written.rows > 0 || order.look;
  if (keep)
    settler_.succeed(row, before.value_or(ledger::ClientRow()));
  else if (before && before->recorded_at)
    settler_.versions().keep(*before, settler_.clock());
  settler_.write(client, row, stored, place, keep, new_rows_);
}

bool Rewrite::redate(const ledger::ClientRow& before, const pg::Values& stored, ItemPointerData place) {
  const capture::Setup& setup = settler_.setup();
  const core::Instant since = setup.newest_rules().valid_from;
  const ledger::Told told = ledger::told(before);
  if (before.life.last_fact_at >= since || !told.whole || told.until > since) return false;
  core::LifeWriter life(before.life, setup.rules, *setup.calendar, setup.rules.size() - 1);
  life.finish();
  ledger::ClientRow row = before;
  row.life = life.life();
  row.outlook = core::outlook(row.life, setup.newest_rules(), *setup.calendar);
  row.contact_due_on = ledger::contact_due_on(setup, row);
  const auto to_record = ledger::to_record(row, life.changes(), settler_.clock());
  if (!to_record.empty()) settler_.history().append(row, to_record, settler_.clock());
  (void)settler_.settle_tasks(row, before, {static_cast<int>(to_record.size())}, order_of(before.client));
  settler_.succeed(row, before);
  settler_.write(before.client, row, stored, place, true, new_rows_);
  return true;
}

void Rewrite::finish() {
  // Their indexes may be made anew.
  rows_.reset();
  changes_.reset();
  tasks_.reset();
  processes_.reset();
  new_rows_.finish();
  settler_.history().finish_bulk();
  // Nobody enters a segment in bulk.
  have_segments_examined(settler_.clock(), false);
}

}  // namespace winback::work
