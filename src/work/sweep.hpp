// The sweep: turning instants that have passed into history and tasks, and settling what was left stale.
#pragma once

#include <limits>
#include <optional>

#include "core/time.hpp"

namespace winback::work {

struct SweepResult {
  int clients = 0;  // rows changed
  int status_changes = 0;
  int tasks_opened = 0;
  int tasks_cancelled = 0;
  int stale_settled = 0;
  int skipped = 0;  // held by other sessions, or failed
  int failed = 0;   // of those: for another reason than that somebody holds them
  int tasks_dealt = 0;
  int woken = 0;  // processes that have gone on
  bool more = false;
  std::optional<core::Instant> next_due_at;  // of those that are not due yet
};

// Does what is due at `clock`, for at most so many clients, in the order of their keys. Leaves out clients that another
// session holds.
SweepResult sweep(core::Instant clock, int most = std::numeric_limits<int>::max());

}  // namespace winback::work
