// See wake.hpp.
#include "ledger/wake.hpp"

#include <algorithm>
#include <utility>

namespace winback::ledger {

namespace {
// Not undone with a savepoint: a wake-up too many finds nothing to do.
constinit Wake noted;
}  // namespace

void note_due(core::Instant due_at) {
  noted.any = true;
  noted.due_at = std::min(noted.due_at, due_at);
}

void note_stale() {
  noted.any = true;
  noted.stale = true;
}

Wake take_wake() { return std::exchange(noted, Wake{}); }

}  // namespace winback::ledger
