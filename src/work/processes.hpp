// The processes by which clients are brought back, as far as a client's facts end them. How they go on is in
// 56-processes.sql.
//
//   the client is                     its running processes
//   --------------------------------  ----------------------------
//   lost or at risk                   go on; no call task besides, and of a control group no task
//   the same, but has bought since    end: returned
//   not lost any more, by a purchase  end: returned
//   not lost any more, otherwise      end: recovered
//   merged into another client        end: merged
//   not to be contacted               end: not_to_be_contacted
//   written off                       end: written_off
//   lost or at risk all along, as is  go on where they ended: the order is cancelled that ended them, it may be
//   known now                         contacted again, it was taken back
//
// They are written directly and without waiting, like tasks: of one that another session moves on the client becomes
// stale, and it is ended later.
#pragma once

#include <string>
#include <vector>

#include "capture/setup.hpp"
#include "pg/table.hpp"

namespace winback::work {

// A process that is running, or that has ended with what became of its client and might go on.
struct Process {
  std::int64_t id;
  bool runs;
  std::int64_t task;  // that it has opened; 0: it rests
  core::Instant started_at;
  core::Instant since;  // its client was lost, or at risk, since then
  bool held_out;        // its client is of the control group
  ItemPointerData place;
  pg::Values values;
};

class Processes {
 public:
  explicit Processes(const capture::Setup& setup);

  // Those of a client.
  std::vector<Process> of(Datum client);
  // Ends one; false, leaving it as it is, if another session holds it.
  bool end(const Process& process, const std::string& state, core::Instant clock);

 private:
  void write_step(const Process& process, const std::string& outcome, core::Instant clock);

  const capture::Setup& setup_;
  pg::Table table_;
  pg::Table steps_;
  struct {
    int process_id, state, step, number, entered_at, task_id, wakes_at, waits_for, since, held_out, started_at,
        ended_at;
  } column_;
};

}  // namespace winback::work
