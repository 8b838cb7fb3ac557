// How long a commit waits for others.
#pragma once

#include <algorithm>
#include <optional>

#include "pg/guard.hpp"

extern "C" {
#include "storage/lock.h"
#include "utils/timestamp.h"
}

namespace winback::ledger {

// Milliseconds that a commit may wait for clients that other sessions hold (setting winback.lock_wait).
extern int lock_wait;

// Asked between two attempts whether to try again: sleeps a little while time is left. One is made for a whole commit,
// so that many held clients and tables do not add up.
class Patience {
 public:
  explicit Patience(int milliseconds)
      : deadline_(GetCurrentTimestamp() + static_cast<TimestampTz>(milliseconds) * 1000) {}
  // Waits as long as any statement does: for what somebody has asked for, outside a commit.
  static Patience endless() { return Patience(); }

  bool operator()() {
    if (GetCurrentTimestamp() >= deadline_) return false;
    pg::call([&] {
      CHECK_FOR_INTERRUPTS();
      pg_usleep(nap_);
    });
    if (nap_ < kLongestNap) nap_ *= 2;
    return true;
  }

  // The milliseconds that are left, at least 1; nullopt: endless.
  std::optional<int> left() const {
    if (deadline_ == DT_NOEND) return std::nullopt;
    return std::max<int>(1, static_cast<int>((deadline_ - GetCurrentTimestamp()) / 1000));
  }

 private:
  Patience() : deadline_(DT_NOEND) {}

  static constexpr long kLongestNap = 2000;  // microseconds
  TimestampTz deadline_;
  long nap_ = 125;
};

// Whether this transaction has a lock on a relation that is at least so strong. With any lock, reading waits for
// nobody, though as long as somebody waits for this transaction a conditional request is refused.
bool locked_by_us(Oid relation, LOCKMODE least = AccessShareLock);

// Locks a table of the ledger, asking again instead of queueing; an Error if others keep it locked longer than there is
// patience.
void lock_soon(Oid relation, LOCKMODE mode, Patience& patience);

}  // namespace winback::ledger
