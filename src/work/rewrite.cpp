// See rewrite.hpp.
#include "work/rewrite.hpp"

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

void Rewrite::take(Datum client, ledger::Dossier& dossier) {
  ledger::ClientRow row = dossier.row();
  std::optional<pg::Values> stored;
  ItemPointerData place;
  rows_->rows_of(client, [&](const pg::Values& values, ItemPointerData at) { stored = values, place = at; });
  std::optional<ledger::ClientRow> before;
  if (stored) before = settler_.columns().read(*stored);
  bool has_tasks = false;
  tasks_->rows_of(client, [&](const pg::Values&, ItemPointerData) { has_tasks = true; });
  bool has_processes = false;
  processes_->rows_of(client, [&](const pg::Values&, ItemPointerData) { has_processes = true; });
  ledger::History& history = settler_.history();
  ledger::History::Comparison comparison = history.comparison(row, dossier.changes(), settler_.clock());
  bool has_history = false;
  changes_->rows_of(client, [&](const pg::Values& values, ItemPointerData at) {
    comparison.meets(values, at);
    has_history = true;
  });
  const ledger::Recorded written = comparison.finish(row);

  TaskOrder order;
  order.look = has_tasks || has_processes;
  order.all_evidence = all_evidence_;
  (void)settler_.settle_tasks(row, before, written, order);
  const bool keep = !dossier.empty() || has_history || written.rows > 0 || order.look;
  if (keep)
    settler_.succeed(row, before.value_or(ledger::ClientRow()));
  else if (before && before->recorded_at)
    settler_.versions().keep(*before, settler_.clock());
  settler_.write(client, row, stored, place, keep, new_rows_);
}

void Rewrite::finish() {
  // Their indexes may be made anew.
  rows_.reset();
  changes_.reset();
  tasks_.reset();
  processes_.reset();
  new_rows_.finish();
  settler_.history().finish_bulk();
}

}  // namespace winback::work
