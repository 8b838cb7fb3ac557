// What each client bought up to an instant, day by day of the policy's time zone, in one pass over the watched tables:
// what a model is fitted to. Facts are sorted by client in a file, so a pass costs no memory for them.
#pragma once

#include <functional>

#include "capture/setup.hpp"
#include "pg/progress.hpp"

namespace winback::report {

// One client's; returns are no purchases.
struct PurchaseDays {
  int days = 0;            // on which it bought
  core::Day first = 0, last = 0;
  double repeat_value = 0;  // of all of them but the first
};

// Visits every client that bought up to `until`; but none that is frozen (capture/frozen.hpp).
void each_purchaser(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
                    const std::function<void(const PurchaseDays&)>& visit);

}  // namespace winback::report
