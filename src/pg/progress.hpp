// How far long work has come: in winback.progress, and in a terminal as a NOTICE now and then.
//
// It stands where the server keeps the progress of its own commands, in the session's entry in shared memory: whoever
// looks sees it at once, and the server itself clears it when a transaction fails. The number of the command is none of
// the server's, so no view of its own shows it.
//
//   what else writes there                               what becomes of ours
//   ---------------------------------------------------  ---------------------------------------------------------
//   making an index                                      stands: it uses other slots
//   a subtransaction that is undone: a failing row       gone, and back with the next look at the time
//   a command that runs us, COPY (SELECT ... verify())   replaces its own, which comes back at our end
//
// Where track_activities is off nothing is shown, as of the server's own commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pg/guard.hpp"

extern "C" {
#include "utils/backend_progress.h"
}

namespace winback::pg {

// What is done, in a word; the words stand in progress.cpp.
enum class Work {
  rebuild, init, watch, unwatch, reattach, redate, verify, sweep, classify, commit, fit, thresholds
};
// The work of this name; an error where there is none.
Work work_of(const std::string& name);

// What it goes through. Rows are counted in reading, matching, writing, comparing, ranking and judging, clients in
// settling.
enum class Phase { reading, matching, sorting, writing, indexing, comparing, ranking, settling, fitting, judging };

class Progress {
 public:
  // `ledger`: winback.client. `tells`: NOTICEs are wanted, if this is a session of a user.
  Progress(Work work, Oid ledger, bool tells);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Begins a phase of so many rows; nullopt: nobody knows, or there is nothing to count.
  void begin(Phase phase, std::optional<std::int64_t> total = std::nullopt);
  // One more row is done. Whoever loops over rows calls this; a request to cancel is heard here.
  void step() {
    check_interrupts();
    if (++done_ % kLook == 0) look();
  }
  // Rows done in this phase.
  std::int64_t done() const { return done_; }

 private:
  static constexpr std::int64_t kLook = 64;  // rows between two looks at the time
  void look();
  void show() const;
  void tell() const;

  Work work_;
  Oid ledger_;
  bool tells_;
  TimestampTz started_at_;
  TimestampTz shown_at_ = 0;
  TimestampTz told_at_;
  Phase phase_ = Phase::reading;
  std::int64_t done_ = 0;
  std::optional<std::int64_t> total_;
  // What stood in the session's entry before.
  struct Entry {
    int command = 0;
    Oid target = InvalidOid;
    std::int64_t values[PGSTAT_NUM_PROGRESS_PARAM];
  } before_;
};

}  // namespace winback::pg
