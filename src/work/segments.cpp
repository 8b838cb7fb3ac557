// See segments.hpp.
#include "work/segments.hpp"

#include "clock/now.hpp"
#include "ledger/wake.hpp"
#include "pg/entry.hpp"
#include "work/command.hpp"

namespace winback::work {

// Those that are to be examined already are written, too: a sweep that is just examining them is so waited for, and
// does not have the last word. By the newest state, for one may have done so since this transaction's snapshot.
void have_segments_examined(core::Instant at, bool only_by_class) {
  const std::uint64_t found = run_on_newest(
      "UPDATE winback.segment SET examined = false WHERE playbook IS NOT NULL AND (abc IS NOT NULL OR NOT $1)",
      {BOOLOID}, {BoolGetDatum(only_by_class)});
  if (found > 0) ledger::note_due(at);
}

}  // namespace winback::work

using namespace winback;

// _examine_segments(only_by_class).
WINBACK_FUNCTION(winback_examine_segments) {
  work::have_segments_examined(clock::now(), PG_GETARG_BOOL(0));
  PG_RETURN_VOID();
}
