// See processes.hpp.
#include "work/processes.hpp"

#include <algorithm>
#include <array>

#include "pg/money.hpp"
#include "pg/text.hpp"

namespace winback::work {

Processes::Processes(const capture::Setup& setup)
    : setup_(setup), table_(setup.tables.process), steps_(setup.tables.process_step) {
  column_ = {table_.column("process_id"), table_.column("state"),     table_.column("step"),
             table_.column("number"),     table_.column("entered_at"), table_.column("task_id"),
             table_.column("wakes_at"),   table_.column("waits_for"),
             table_.column("since"),      table_.column("held_out"),  table_.column("started_at"),
             table_.column("ended_at")};
}

std::vector<Process> Processes::of(Datum client) {
  constexpr std::array<std::string_view, 5> kKept = {"running", "returned", "recovered", "written_off",
                                                     "not_to_be_contacted"};
  std::vector<Process> processes;
  table_.scan(setup_.tables.process_client, client, [&](const pg::Values& values, ItemPointerData place) {
    const std::string state = pg::text_string(values.values[column_.state]);
    if (std::ranges::find(kKept, state) == kKept.end()) return;
    const bool rests = values.nulls[column_.task_id];
    processes.push_back({DatumGetInt64(values.values[column_.process_id]), state == kKept.front(),
                         rests ? 0 : DatumGetInt64(values.values[column_.task_id]),
                         DatumGetTimestampTz(values.values[column_.started_at]),
                         DatumGetTimestampTz(values.values[column_.since]),
                         DatumGetBool(values.values[column_.held_out]), place, values});
  });
  return processes;
}

bool Processes::end(const Process& process, const std::string& state, core::Instant clock) {
  if (!table_.hold_at(process.place)) return false;
  if (!process.held_out) write_step(process, state, clock);
  pg::Values ended = process.values;
  ended.set(column_.state, pg::text_datum(state));
  ended.set(column_.ended_at, TimestampTzGetDatum(clock));
  for (const int cleared : {column_.task_id, column_.wakes_at, column_.waits_for}) ended.clear(cleared);
  table_.update_held(ended);
  return true;
}

// Puts the step behind it that is cut short.
void Processes::write_step(const Process& process, const std::string& outcome, core::Instant clock) {
  pg::Values step(steps_.columns());
  for (const auto& [from, to] : {std::pair{column_.process_id, "process_id"}, std::pair{column_.number, "number"},
                                 std::pair{column_.step, "step"}, std::pair{column_.entered_at, "entered_at"},
                                 std::pair{column_.task_id, "task_id"}})
    if (!process.values.nulls[from]) step.set(steps_.column(to), process.values.values[from]);
  step.set(steps_.column("left_at"), TimestampTzGetDatum(clock));
  step.set(steps_.column("outcome"), pg::text_datum(outcome));
  step.set(steps_.column("cost"), pg::money_of(0));
  steps_.insert(step);
}

}  // namespace winback::work
