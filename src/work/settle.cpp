// See settle.hpp.
#include "work/settle.hpp"

#include <algorithm>
#include <functional>

#include "ledger/wake.hpp"
#include "pg/identity.hpp"
#include "pg/text.hpp"
#include "work/command.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
}

namespace winback::work {

namespace {

using ledger::ClientRow;

// Whether what is told stays true when these facts are added: a late purchase contradicts the deadlines that it
// prevents.
bool stands(const ledger::Told& told, std::span<const capture::AddedFact> added) {
  return told.whole && std::ranges::none_of(added, [&](const capture::AddedFact& fact) {
           return fact.kind == capture::SourceKind::orders && told.until && fact.at <= *told.until;
         });
}

}  // namespace

Settler::Settler(std::shared_ptr<const capture::Setup> setup, core::Instant clock, Occasion occasion,
                 ledger::Patience& patience)
    : setup_(std::move(setup)),
      clock_(clock),
      patience_(patience),
      occasion_(occasion),
      context_(CurrentMemoryContext),
      client_(setup_->tables.client),
      columns_(ledger::client_columns(setup_, client_)),
      facts_(setup_, patience) {}

// The history, locked for writing.
ledger::History& Settler::history() {
  if (!history_) {
    ledger::lock_soon(setup_->tables.status_change, RowExclusiveLock, patience_);
    const pg::InContext in(context_);
    history_.emplace(*setup_);
  }
  return *history_;
}

// What clients were before, likewise.
ledger::Versions& Settler::versions() {
  if (!versions_) {
    ledger::lock_soon(setup_->tables.client_version, RowExclusiveLock, patience_);
    const pg::InContext in(context_);
    versions_.emplace(*setup_);
  }
  return *versions_;
}

// The tasks, likewise.
Tasks& Settler::tasks() {
  if (!tasks_) {
    ledger::lock_soon(setup_->tables.task, RowExclusiveLock, patience_);
    const pg::InContext in(context_);
    tasks_.emplace(*setup_, facts_);
  }
  return *tasks_;
}

// All facts of a client, with a snapshot of this moment.
ledger::Dossier Settler::gather(Datum client) {
  ledger::Dossier dossier(*setup_, client);
  facts_.of_client(client, [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
    dossier.add(ledger::item_of(*setup_, source, reader, fact));
  });
  return dossier;
}

bool Settler::settle(Datum client, const capture::Note& note) {
  TaskOrder order;
  order.look = note.tasks && note.tasks->tasks;
  if (note.tasks) order.evidence = note.tasks->evidence;
  order.all_evidence = note.tasks && note.tasks->all_evidence;
  if (!note.recompute && !note.added.empty()) return add(client, note, order);
  order.look = true;
  return note.recompute ? recompute(client, order) : revisit(client, order);
}

// The instant at which a client's status is read. A transaction may be older than the sweep that has told of a
// deadline: what is told stays told.
core::Instant Settler::reads_at(const ClientRow& row) const {
  return std::max(clock_, told(row).until.value_or(clock_));
}

// Adds facts to a client's row.
bool Settler::add(Datum client, const capture::Note& note, TaskOrder& order) {
  if (client_.find(setup_->tables.client_key, client))
    if (const auto done = add_to(client, columns_.read(client_.row()), note, order, false)) return *done;
  const pg::Grip grip = client_.hold(setup_->tables.client_key, client, std::ref(patience_));
  if (grip == pg::Grip::busy) return held_by_others(client);
  if (grip == pg::Grip::absent) {
    order.look = true;
    return begin(client, note, order) || recompute(client, order);
  }
  return *add_to(client, columns_.read(client_.row()), note, order, true);
}

// Adds facts to this row of the client, which is held or was just found. nullopt: it was only found, and must be held.
std::optional<bool> Settler::add_to(Datum client, ClientRow before, const capture::Note& note, TaskOrder& order,
                                    bool held) {
  const auto afresh = [&]() -> std::optional<bool> {
    if (!held) return std::nullopt;
    order.look = true;
    return recompute(client, order);  // not before.client: that goes with the row when it is looked for again
  };
  if (!stands(ledger::told(before), note.added)) return afresh();
  ClientRow row = before;
  std::vector<core::Change> changes;
  if (!ledger::add_facts(*setup_, row, note.added, changes)) return afresh();
  const auto to_record = ledger::to_record(row, std::move(changes), clock_);
  const bool lost = core::read(row.life, row.outlook, reads_at(row)).status == core::Status::lost;
  // A process may rest without a task, but only of a client whose status this changes.
  order.look |= before.open_tasks > 0 || lost || !to_record.empty();
  if (!held) {
    if (!to_record.empty() || order.look) return std::nullopt;
    date(row, before, TaskResult());
    if (!client_.replace_found(columns_.write(row))) return std::nullopt;
    ++counts_.clients;
    return true;
  }
  if (!to_record.empty()) history().append(row, to_record, clock_);
  return conclude(std::move(row), before, {static_cast<int>(to_record.size())}, order, true);
}

// Writes the row of a client of whom this transaction's added facts are all there is: whoever had committed another
// would have left a row. False if another transaction may be writing one.
bool Settler::begin(Datum client, const capture::Note& note, const TaskOrder& order) {
  ledger::Dossier dossier(*setup_, client);
  for (const capture::AddedFact& fact : note.added) dossier.add(ledger::item_of(*setup_, fact));
  ClientRow row = dossier.row();
  if (!client_.insert(columns_.write(row))) return false;
  if (client_.hold(setup_->tables.client_key, client, std::ref(patience_)) != pg::Grip::held) return false;
  const ClientRow before = row;
  const ledger::Recorded written = history().compare(row, dossier.changes(), clock_);
  return conclude(std::move(row), before, written, order, true);
}

bool Settler::take_hold(Datum client) {
  for (;;) {
    const pg::Grip grip = client_.hold(setup_->tables.client_key, client, std::ref(patience_));
    if (grip == pg::Grip::busy) return held_by_others(client);
    if (grip == pg::Grip::held) return true;
    // An empty row first: who has it decides who computes it.
    ledger::Dossier nothing(*setup_, client);
    if (!client_.insert(columns_.write(nothing.row())) && !patience_()) return held_by_others(client);
  }
}

bool Settler::recompute(Datum client, const TaskOrder& order) {
  if (!take_hold(client) || stays_frozen(client)) return false;
  const ClientRow before = columns_.read(client_.row());
  ledger::Dossier dossier = gather(client);
  return conclude(dossier, before, order);
}

bool Settler::recompute(Datum client, ledger::Dossier& dossier, const TaskOrder& order) {
  if (!take_hold(client)) return false;
  return conclude(dossier, columns_.read(client_.row()), order);
}

// The row that follows from all facts of a client whose row is held.
bool Settler::conclude(ledger::Dossier& dossier, const ClientRow& before, const TaskOrder& order) {
  ClientRow row = dossier.row();
  const ledger::Recorded written = history().compare(row, dossier.changes(), clock_);
  return conclude(std::move(row), before, written, order, !dossier.empty());
}

// Looks at a client whose facts are what they were: its tasks, and what the clock has brought.
bool Settler::revisit(Datum client, const TaskOrder& order) {
  const pg::Grip grip = client_.hold(setup_->tables.client_key, client, std::ref(patience_));
  if (grip == pg::Grip::busy) return held_by_others(client);
  if (grip == pg::Grip::absent) return recompute(client, order);
  const ClientRow before = columns_.read(client_.row());
  if (!ledger::told(before).whole) return recompute(client, order);
  ClientRow row = before;
  const auto to_record = ledger::to_record(row, {}, clock_);
  if (!to_record.empty()) history().append(row, to_record, clock_);
  // What has a row keeps it until it is recomputed.
  return conclude(std::move(row), before, {static_cast<int>(to_record.size())}, order, true);
}

bool Settler::advance(Datum client) { return revisit(client, {}); }

// What follows for its tasks from a row whose facts are worked in, and the next instant. `before`: the row as it was;
// nullopt where there is none yet.
Settler::Settled Settler::settle_tasks(ClientRow& row, const std::optional<ClientRow>& before,
                                       const ledger::Recorded& recorded, const TaskOrder& given) {
  counts_.status_changes += recorded.rows;
  TaskOrder order = given;
  order.may_open = occasion_ != Occasion::bulk;
  order.may_enter &= order.may_open;
  order.returned = before && row.last_order_at > before->last_order_at;
  order.reads_at = reads_at(row);

  TaskResult done = order.look ? tasks().settle(row, clock_, order) : TaskResult();
  done.leave_beginning_if(IsolationUsesXactSnapshot());
  counts_.tasks_opened += done.opened;
  counts_.tasks_cancelled += done.cancelled;
  // A sweep leaves no mark: the client stays due, or marked as it is.
  const bool held = done.held_by_others || recorded.held_by_others;
  const bool skipped = held && occasion_ == Occasion::sweep;
  const std::string what = done.held_by_others ? "a task" : "the history";
  if (held && !skipped) leave_stale(row.client, "another transaction holds " + what + " of the client");
  date(row, before, done);
  if (held) return {!skipped, false, {}};
  return {!skipped, done.may_enter, done.resumable};
}

// Has the processes go on that ended for no reason, or begins the playbook of the segment that a client enters, whose
// row is written and held. Then, or because there is none, its tasks are looked at once more. Whoever changes a
// playbook meanwhile, or begins it for this client by hand, is waited for no longer than for anything else.
bool Settler::begin_work(Datum client, const Settled& settled) {
  const pg::PinnedSettings settings("UTC", "pg_catalog, pg_temp");
  settings.pin("lock_timeout", std::to_string(std::max(1, ledger::lock_wait)).c_str());
  const auto count = [&](HeapTuple row, TupleDesc description) {
    counts_.tasks_opened += static_cast<int>(DatumGetInt64(pg::datum_of(row, description, 1)));
  };
  for (const std::int64_t process : settled.resumable)
    run("SELECT winback._resume_process($1)", {INT8OID}, {Int64GetDatum(process)}, count);
  if (settled.may_enter)
    run("SELECT winback._enter_segment($1)", {TEXTOID}, {pg::text_datum(setup_->key.to_text(client))}, count);
  TaskOrder order;
  order.may_enter = false;
  return revisit(client, order);
}

// Dates a row that comes in the place of another one, of which is kept what it said otherwise.
void Settler::succeed(ClientRow& row, const ClientRow& before) {
  const bool same = before.recorded_at && ledger::same_version(row, before);
  if (!same && before.recorded_at) versions().keep(before, clock_);
  row.recorded_at = same ? before.recorded_at : clock_;
}

// The tasks, then the row itself, which is held. False if a sweep is to come again.
bool Settler::conclude(ClientRow row, const ClientRow& before, const ledger::Recorded& recorded,
                       const TaskOrder& order, bool has_facts) {
  const Settled settled = settle_tasks(row, before, recorded, order);
  if (!has_facts && !has_history(row.client)) {
    if (before.recorded_at) versions().keep(before, clock_);
    client_.delete_held();
    return settled.done;
  }
  succeed(row, before);
  const pg::Values values = columns_.write(row);
  if (!client_.same(client_.row(), values)) {
    client_.update_held(values);
    ++counts_.clients;
  }
  const bool begins = settled.may_enter || !settled.resumable.empty();
  return begins ? begin_work(row.client, settled) : settled.done;
}

// Writes a row in a pass over everybody; `stored`: what stands at its place now, nullopt for nothing.
void Settler::write(Datum client, const ClientRow& row, const std::optional<pg::Values>& stored,
                    ItemPointerData place, bool keep, pg::Bulk& new_rows) {
  if (!keep) {
    if (stored && !client_.erase(place)) held_by_others(client);
    return;
  }
  const pg::Values values = columns_.write(row);
  if (stored && client_.same(*stored, values)) return;
  if (!stored)
    new_rows.append(values);
  else if (!client_.replace_at(place, values))
    return (void)held_by_others(client);
  ++counts_.clients;
}

// Puts into the row what follows from its tasks, and when the sweep is to come.
void Settler::date(ClientRow& row, const std::optional<ClientRow>& before, const TaskResult& tasks) const {
  row.open_tasks = tasks.open_tasks;
  row.due_at = due_at(row, tasks);
  // An order that only moves the deadline away leaves due_at as it is: indexed columns that stay make the update
  // heap-only. The sweep then comes early once, finds nothing to do, and puts the right instant there.
  if (before && before->due_at && row.due_at && *before->due_at > clock_)
    row.due_at = std::min(*row.due_at, *before->due_at);
  if (row.due_at) ledger::note_due(*row.due_at);
}

// The instant at which the clock has the next thing to do for a client: a change of status that is not recorded yet, or
// a task to open.
std::optional<core::Instant> Settler::due_at(const ClientRow& row, const TaskResult& tasks) const {
  std::optional<core::Instant> due;
  const auto offer = [&](std::optional<core::Instant> at) {
    if (at) due = std::min(due.value_or(core::kEndOfTime), *at);
  };
  if (tasks.begins_later) offer(clock_);
  const core::Status recorded = row.recorded_status;
  const bool idle = recorded == core::Status::prospect || recorded == core::Status::active;
  if (!row.outlook.by_fact && idle) offer(row.outlook.at_risk_at);
  if (!row.outlook.by_fact && (idle || recorded == core::Status::at_risk)) offer(row.outlook.lost_at);
  const core::Reading reading = core::read(row.life, row.outlook, reads_at(row));
  const bool to_contact = reading.status == core::Status::lost && !row.profile.do_not_contact;
  if (to_contact && row.contact_due_on && !tasks.open_call && !tasks.in_process)
    offer(setup_->calendar->day_start(std::max(*row.contact_due_on, tasks.not_before.value_or(*row.contact_due_on))));
  return due;
}

// Whether a client without facts keeps its row.
bool Settler::has_history(Datum client) { return history().exists(client) || tasks().exist(client); }

// Leaves a client for later.
void Settler::leave_stale(Datum client, const std::string& reason) {
  ledger::add_stale(*setup_, {.client = client}, reason, clock_);
  left_because_ = reason;
}

// Whether a client must stay as it was, because a table that it is computed from is gone; that it should have been
// computed is told.
bool Settler::stays_frozen(Datum client) {
  const std::string why = facts_.frozen_because(client);
  if (!why.empty() && occasion_ != Occasion::sweep) leave_stale(client, why);
  return !why.empty();
}

// A client that cannot be had in time; false.
bool Settler::held_by_others(Datum client) {
  if (occasion_ != Occasion::sweep) leave_stale(client, "another transaction holds the client");
  return false;
}

}  // namespace winback::work
