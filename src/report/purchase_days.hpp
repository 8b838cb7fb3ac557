// What each client bought up to an instant, day by day of the policy's time zone, in one pass over the watched tables:
// what models are fitted to, and thresholds are found by. Facts are sorted by client in a file, so a pass costs no
// memory for them.
#pragma once

#include <functional>
#include <vector>

#include "capture/setup.hpp"
#include "pg/progress.hpp"

namespace winback::report {

// One purchase; returns are none.
struct Purchase {
  core::Day day = 0;
  double amount = 0;
};

// Visits every client that bought up to `until`, with its purchases in the order of their days; but none that is frozen
// (capture/frozen.hpp). The key lives until the next client.
void each_history(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
                  const std::function<void(Datum client, const std::vector<Purchase>&)>& visit);

// What one client's purchases come to.
struct PurchaseDays {
  int days = 0;            // on which it bought
  core::Day first = 0, last = 0;
  double repeat_value = 0;  // of all of them but the first
};

// Visits the same clients.
void each_purchaser(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
                    const std::function<void(const PurchaseDays&)>& visit);

}  // namespace winback::report
