// The tasks that winback itself opens, cancels and reopens. The rule by which users close them is in 50-tasks.sql.
//
//   the client is                         its call_lost_client tasks
//   ------------------------------------  ------------------------------------------------------------------
//   lost, may be contacted, and the day   one is opened, unless one is open
//     of the next contact has come
//   lost, and a supervisor has cancelled  none is opened before contact_every has passed since then: else the
//     its task                              cancelling would come to nothing
//   not lost any more, by a purchase      the open one is cancelled: returned
//   not lost any more, otherwise          the open one is cancelled: recovered
//   merged into another client            the open one is cancelled: merged
//   not to be contacted                   the open one is cancelled: not_to_be_contacted
//   written off                           the open one is cancelled: written_off
//   in a process                          the open one is cancelled: in_process
//   to enter a segment with a playbook    none is opened: that is begun instead
//
//   of a control group                    any that was opened since the client is lost is cancelled: held_out
//   a process of the client ends          its open task is cancelled, with the state in which it ends
//     (see processes.hpp)
//
//   the call that closed a task is gone,  that task
//   short, of another client, or counts
//   no longer
//   ------------------------------------  ------------------------------------------------------------------
//   the same loss lasts, no later task    is open again, and its note says why
//     of that kind exists, and it was no
//     step of a process
//   otherwise                             stays done, marked evidence_withdrawn
//
// Tasks are written directly, so the triggers of winback.task do not fire, and without waiting: a task that another
// session holds makes its client stale, and is seen to later.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/notes.hpp"
#include "ledger/client_row.hpp"
#include "ledger/facts.hpp"
#include "work/processes.hpp"

namespace winback::work {

// What looking at one client's tasks came to.
struct TaskResult {
  int opened = 0;
  int cancelled = 0;
  int open_tasks = 0;       // of any kind, now
  bool open_call = false;   // one of them is of kind call_lost_client
  bool in_process = false;  // a process runs: no call task is opened besides
  bool may_enter = false;   // a segment whose playbook is to be begun; until that is known no call task is opened
  std::vector<std::int64_t> resumable;  // processes that are to go on where they ended; likewise
  bool begins_later = false;            // the next sweep sees to both
  bool held_by_others = false;
  std::optional<core::Day> not_before;  // the first day on which a new one may be opened, where one was cancelled

  // At REPEATABLE READ what begins processes, which is SQL, may see two versions of a client that somebody else has
  // changed since the transaction began: the one of its snapshot, and the one that this commit has written.
  void leave_beginning_if(bool has_old_snapshot) {
    if (!has_old_snapshot || (!may_enter && resumable.empty())) return;
    may_enter = false;
    resumable.clear();
    begins_later = true;
  }
};

// What is to be looked at.
struct TaskOrder {
  bool look = true;         // false: the client has no open task, and none is due
  bool may_open = false;    // false in bulk: what time has made due is left to the sweep
  bool may_enter = true;    // whether it enters a segment, or a process goes on, is to be looked at
  bool returned = false;    // the last purchase is later than it was
  core::Instant reads_at = 0;  // the instant at which the client's status is read; not before the clock
  bool all_evidence = false;
  std::vector<capture::CallName> evidence;  // calls that may no longer be what a task was closed with
};

class Tasks {
 public:
  Tasks(const capture::Setup& setup, ledger::FactReader& facts);

  // Does to the client's tasks what its row asks for at `clock`.
  TaskResult settle(const ledger::ClientRow& row, core::Instant clock, const TaskOrder& order);
  // Whether the client has any task.
  bool exist(Datum client);

 private:
  struct Task {
    std::int64_t id;
    std::string kind, status;
    core::Instant opened_at;
    bool of_process;  // it is or was a step of one
    ItemPointerData place;
    pg::Values values;
  };
  std::vector<Task> of(Datum client);
  bool change(Task& task, Task changed);
  Task cancelled(Task task, const std::string& outcome, core::Instant clock) const;
  std::optional<core::Day> not_before(const ledger::ClientRow& row, const std::vector<Task>& tasks,
                                      const core::Reading& reading) const;
  bool open(const ledger::ClientRow& row, core::Instant clock);
  std::string why_over(const ledger::ClientRow& row, core::Instant begun, core::Status status,
                       const TaskOrder& order) const;
  std::string end_of(const ledger::ClientRow& row, const Process& process, core::Status status,
                     const TaskOrder& order) const;
  bool goes_on(const ledger::ClientRow& row, const Process& process, core::Status status) const;
  void look_at_evidence(const ledger::ClientRow& row, const TaskOrder& order, std::vector<Task>& tasks,
                        TaskResult& result);
  bool still_evidence(Datum client, const Task& task, const capture::CallName& call);

  const capture::Setup& setup_;
  ledger::FactReader& facts_;
  pg::Table table_;
  Processes processes_;
  struct {
    int task_id, client_id, kind, title, assignee, due_on, status, opened_at, closed_at, closed_by, outcome, call_id,
        call_source, note, evidence_withdrawn, needed_seconds, closed_in, process_id;
  } column_;
};

}  // namespace winback::work
