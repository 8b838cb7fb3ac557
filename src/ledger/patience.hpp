// How long a commit waits for others.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace winback::ledger {

// Milliseconds that a commit may wait for clients that other sessions hold (setting winback.lock_wait).
extern int lock_wait;

// Asked between two attempts whether to try again: sleeps a little while time is left. One is made for a whole commit, so
// that many held clients do not add up.
class Patience {
 public:
  explicit Patience(int milliseconds)
      : deadline_(GetCurrentTimestamp() + static_cast<TimestampTz>(milliseconds) * 1000) {}

  bool operator()() {
    if (GetCurrentTimestamp() >= deadline_) return false;
    pg::call([&] {
      CHECK_FOR_INTERRUPTS();
      pg_usleep(nap_);
    });
    if (nap_ < kLongestNap) nap_ *= 2;
    return true;
  }

 private:
  static constexpr long kLongestNap = 2000;  // microseconds
  TimestampTz deadline_;
  long nap_ = 125;
};

}  // namespace winback::ledger
