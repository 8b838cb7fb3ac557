// See tasks.hpp.
#include "work/tasks.hpp"

#include <algorithm>

#include "pg/money.hpp"
#include "pg/text.hpp"

extern "C" {
#include "utils/date.h"
}

namespace winback::work {

namespace {

using capture::Meaning;
using ledger::ClientRow;

constexpr const char* kCallTask = "call_lost_client";

}  // namespace

Tasks::Tasks(const capture::Setup& setup, ledger::FactReader& facts)
    : setup_(setup), facts_(facts), table_(setup.tables.task), processes_(setup) {
  column_ = {table_.column("task_id"),   table_.column("client_id"), table_.column("kind"),
             table_.column("title"),     table_.column("assignee"),  table_.column("due_on"),
             table_.column("status"),    table_.column("opened_at"), table_.column("closed_at"),
             table_.column("closed_by"), table_.column("outcome"),   table_.column("call_id"),
             table_.column("call_source"), table_.column("note"),    table_.column("evidence_withdrawn"),
             table_.column("needed_seconds"), table_.column("closed_in"), table_.column("process_id")};
}

// All tasks of a client, oldest first.
std::vector<Tasks::Task> Tasks::of(Datum client) {
  std::vector<Task> tasks;
  table_.scan(setup_.tables.task_client, client, [&](const pg::Values& values, ItemPointerData place) {
    tasks.push_back({DatumGetInt64(values.values[column_.task_id]),
                     pg::text_string(values.values[column_.kind]),
                     pg::text_string(values.values[column_.status]),
                     DatumGetTimestampTz(values.values[column_.opened_at]), !values.nulls[column_.process_id], place,
                     values});
  });
  std::ranges::sort(tasks, {}, &Task::id);
  return tasks;
}

bool Tasks::exist(Datum client) { return !of(client).empty(); }

// Writes a task as changed; false, leaving it as it is, if another session holds it or has just changed it.
bool Tasks::change(Task& task, Task changed) {
  if (!table_.hold_at(task.place)) return false;
  changed.place = table_.update_held(changed.values);
  task = std::move(changed);
  return true;
}

// A task as it is once it is cancelled.
Tasks::Task Tasks::cancelled(Task task, const std::string& outcome, core::Instant clock) const {
  task.status = "cancelled";
  task.values.set(column_.status, pg::text_datum(task.status));
  task.values.set(column_.outcome, pg::text_datum(outcome));
  task.values.set(column_.closed_at, TimestampTzGetDatum(clock));
  return task;
}

// The first day on which a call task may be opened after a supervisor has cancelled one of this loss.
std::optional<core::Day> Tasks::not_before(const ClientRow& row, const std::vector<Task>& tasks,
                                           const core::Reading& reading) const {
  std::optional<core::Day> day;
  const auto every = setup_.contact_every.find(row.interaction_status);
  if (every == setup_.contact_every.end()) return day;
  for (const Task& task : tasks) {
    const bool by_hand = task.status == "cancelled" && !task.values.nulls[column_.closed_by];
    if (!by_hand || task.kind != kCallTask || !reading.since || task.opened_at < *reading.since) continue;
    const core::Instant closed_at = DatumGetTimestampTz(task.values.values[column_.closed_at]);
    const core::Day next = setup_.calendar->add_days(setup_.calendar->local_day(closed_at), every->second);
    day = std::max(day.value_or(next), next);
  }
  return day;
}

// Opens the call task of a lost client; false if another session may be opening one.
bool Tasks::open(const ClientRow& row, core::Instant clock) {
  pg::Values task(table_.columns());
  task.set(column_.task_id, table_.next_identity(column_.task_id));
  task.set(column_.client_id, row.client);
  task.set(column_.kind, pg::text_datum(kCallTask));
  task.set(column_.title, pg::text_datum(setup_.call_task_title));
  if (row.profile.manager) task.set(column_.assignee, pg::text_datum(*row.profile.manager));
  task.set(column_.due_on, DateADTGetDatum(*row.contact_due_on));
  task.set(column_.status, pg::text_datum("open"));
  task.set(column_.opened_at, TimestampTzGetDatum(clock));
  task.set(column_.evidence_withdrawn, BoolGetDatum(false));
  return table_.insert(task);
}

// Whether a call is still what a task may be done with.
bool Tasks::still_evidence(Datum client, const Task& task, const capture::CallName& call) {
  bool found = false;
  const Datum needed = task.values.nulls[column_.needed_seconds] ? setup_.contact_seconds
                                                                  : task.values.values[column_.needed_seconds];
  const bool same_zone = task.values.nulls[column_.closed_in] ||
                         pg::text_string(task.values.values[column_.closed_in]) == setup_.calendar->time_zone();
  const Datum present = setup_.merges.present(client);
  facts_.of_client(present, [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
    if (found || source.kind != capture::SourceKind::calls || source.relation != call.source) return;
    if (reader.text_of(fact, Meaning::item_id) != call.id) return;
    const capture::Value& seconds = fact.value(Meaning::seconds);
    const bool contact = !seconds.null && pg::compare(seconds.datum, needed) > 0;
    const pg::ServerCalendar& calendar = *setup_.calendar;
    const bool in_time = fact.is_date ? calendar.local_day(fact.at) >= calendar.local_day(task.opened_at)
                                      : fact.at >= task.opened_at;
    // In another zone than that of its closing a time without one is not the instant that it was then.
    found = contact && (in_time || (!same_zone && reader.hangs_on_zone(Meaning::at)));
  });
  return found;
}

// Reopens or marks the done tasks whose call is no longer evidence.
void Tasks::look_at_evidence(const ClientRow& row, const TaskOrder& order, std::vector<Task>& tasks,
                             TaskResult& result) {
  const core::Reading reading = core::read(row.life, row.outlook, order.reads_at);
  for (Task& task : tasks) {
    const bool withdrawn = DatumGetBool(task.values.values[column_.evidence_withdrawn]);
    if (task.status != "done" || withdrawn || task.values.nulls[column_.call_id]) continue;
    const capture::CallName call{DatumGetObjectId(task.values.values[column_.call_source]),
                                 pg::text_string(task.values.values[column_.call_id])};
    // What an unwatched table said stays as it was.
    const bool watched = std::ranges::any_of(setup_.sources, [&](const capture::Source& source) {
      return source.kind == capture::SourceKind::calls && source.relation == call.source;
    });
    const bool asked = order.all_evidence || std::ranges::find(order.evidence, call) != order.evidence.end();
    if (!asked || !watched || still_evidence(row.client, task, call)) continue;
    const bool same_loss = reading.status == core::Status::lost && reading.since && *reading.since <= task.opened_at;
    // A later one takes its place; so does one that is open, where a client may have only one.
    const bool replaced = std::ranges::any_of(tasks, [&](const Task& other) {
      const bool instead = other.id != task.id && other.status == "open" && task.kind == kCallTask;
      return other.kind == task.kind && (other.id > task.id || instead);
    });
    Task changed = task;
    changed.values.set(column_.evidence_withdrawn, BoolGetDatum(true));
    if (same_loss && !replaced && !task.of_process) {
      const std::string why = "open again: call " + call.id + " no longer shows that it was done";
      const std::string note =
          changed.values.nulls[column_.note] ? why : pg::text_string(changed.values.values[column_.note]) + "; " + why;
      changed.status = "open";
      changed.values.set(column_.status, pg::text_datum(changed.status));
      changed.values.set(column_.note, pg::text_datum(note));
      for (const int cleared : {column_.closed_at, column_.closed_by, column_.outcome, column_.call_id,
                                column_.call_source, column_.needed_seconds, column_.closed_in})
        changed.values.clear(cleared);
    }
    result.held_by_others |= !change(task, std::move(changed));
  }
}

// Why the work is over that began on a client at this instant, who is not to be called now.
std::string Tasks::why_over(const ClientRow& row, core::Instant begun, core::Status status,
                            const TaskOrder& order) const {
  if (setup_.merges.is_merged(row.client)) return "merged";
  if (status == core::Status::written_off) return "written_off";
  if (status == core::Status::lost) return "not_to_be_contacted";
  return order.returned || row.last_order_at >= begun ? "returned" : "recovered";
}

// The state in which a process ends; empty: it goes on. A client that has bought since it began has returned, also if
// it is at risk, or lost again, by now. Where it is neither, a purchase counts since it was lost: the process may have
// been begun while that was being committed.
std::string Tasks::end_of(const ClientRow& row, const Process& process, core::Status status,
                          const TaskOrder& order) const {
  const bool lost = status == core::Status::lost;
  const bool away = lost || status == core::Status::at_risk;
  if (!away || setup_.merges.is_merged(row.client)) return why_over(row, process.since, status, order);
  if (row.last_order_at >= process.started_at || (order.returned && !lost)) return "returned";
  return row.profile.do_not_contact ? "not_to_be_contacted" : "";
}

// Whether a process that ended with what became of its client is to go on, because that no longer holds: the order that
// brought the client back is cancelled, or it may be contacted again. It does while its client has been away all along,
// as far as is known now.
bool Tasks::goes_on(const ClientRow& row, const Process& process, core::Status status) const {
  const bool was_back = row.life.idle_since && *row.life.idle_since > process.since;
  return !was_back && end_of(row, process, status, {}).empty();
}

TaskResult Tasks::settle(const ClientRow& row, core::Instant clock, const TaskOrder& order) {
  TaskResult result;
  std::vector<Task> tasks = of(row.client);
  if (order.all_evidence || !order.evidence.empty()) look_at_evidence(row, order, tasks, result);

  const core::Reading reading = core::read(row.life, row.outlook, order.reads_at);
  const bool to_contact = reading.status == core::Status::lost && !row.profile.do_not_contact;
  const auto cancel = [&](Task& task, const std::string& outcome) {
    const bool changed = change(task, cancelled(task, outcome, clock));
    result.cancelled += changed;
    result.held_by_others |= !changed;
    return changed;
  };
  std::optional<core::Instant> held_out_since;
  for (const Process& process : processes_.of(row.client)) {
    if (!process.runs) {
      if (order.may_enter && goes_on(row, process, reading.status)) result.resumable.push_back(process.id);
      continue;
    }
    const std::string state = end_of(row, process, reading.status, order);
    if (state.empty()) {
      result.in_process = true;
      if (process.held_out) held_out_since = std::min(process.since, process.started_at);
      continue;
    }
    // The task first: a process that has ended would not be found again to cancel it.
    const auto task = std::ranges::find(tasks, process.task, &Task::id);
    if (task != tasks.end() && task->status == "open" && !cancel(*task, state)) continue;
    result.held_by_others |= !processes_.end(process, state, clock);
  }
  for (Task& task : tasks) {
    if (task.status != "open") continue;
    if (held_out_since && task.opened_at >= *held_out_since) {
      cancel(task, "held_out");
      continue;
    }
    if (task.kind != kCallTask || task.of_process) continue;
    if (!to_contact)
      cancel(task, why_over(row, task.opened_at, reading.status, order));
    else if (result.in_process)
      cancel(task, "in_process");
  }
  const auto is_open = [](const Task& task) { return task.status == "open"; };
  result.open_tasks = static_cast<int>(std::ranges::count_if(tasks, is_open));
  result.open_call =
      std::ranges::any_of(tasks, [&](const Task& task) { return is_open(task) && task.kind == kCallTask; });
  result.not_before = not_before(row, tasks, reading);
  const core::Day today = setup_.calendar->local_day(order.reads_at);
  const bool due = to_contact && row.contact_due_on && *row.contact_due_on <= today && result.not_before <= today;
  if (result.in_process) result.resumable.clear();
  result.may_enter = order.may_enter && !result.in_process && !row.profile.do_not_contact &&
                     !setup_.merges.is_merged(row.client) &&
                     std::ranges::find(setup_.entered_from, reading.status) != setup_.entered_from.end();
  const bool is_free = !result.in_process && !result.may_enter && result.resumable.empty();
  if (due && order.may_open && !result.open_call && is_free) {
    const bool opened = open(row, clock);
    result.open_call = opened;
    result.opened += opened;
    result.open_tasks += opened;
    result.held_by_others |= !opened;
  }
  return result;
}

}  // namespace winback::work
