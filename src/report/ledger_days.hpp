// What each client bought, day by day, as its row of the ledger has it: for a model to be fitted to all that happened,
// a fraction of the time that the watched tables take.
//
//   the rows do not tell it where                        because
//   ---------------------------------------------------  ----------------------------------------------------------
//   a client's last purchase is later than `until`       how many days it had bought on by then is not kept
//   winback.stale has a mark                             rows lag behind their facts
//   this transaction has changed facts, or settings      rows follow at its commit
//   a client is frozen                                   it is to be left out, and nothing in its row says so
#pragma once

#include <functional>

#include "report/purchase_days.hpp"

namespace winback::report {

// Visits every client that has bought, in no order; `repeat_value` is not told. False: the rows do not tell it, and
// what was visited is to be forgotten.
bool each_in_ledger(const capture::Setup& setup, core::Instant until, pg::Progress& progress,
                    const std::function<void(const PurchaseDays&)>& visit);

}  // namespace winback::report
