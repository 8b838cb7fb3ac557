// What each room does when the library is loaded. These are called from C: none of them may throw.
#pragma once

namespace winback::clock {
// winback.as_of, winback.naptime
void define_settings();
// Shared memory and the launcher; does nothing unless preloaded.
void start_launcher();
}  // namespace winback::clock

namespace winback::ledger {
// winback.lock_wait
void define_settings();
}  // namespace winback::ledger

namespace winback::work {
// Commit, abort and savepoint callbacks.
void hook_transactions();
// The end of what is remembered while commands change tables.
void hook_table_changes();
// Shared memory for refused closings of tasks, if preloaded.
void hook_refusals();
}  // namespace winback::work
