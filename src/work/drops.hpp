// Tables that are dropped: watched ones, and parts of them.
//
// An event trigger comes when the rows are gone, so the object access hook looks at them right before. A part and its
// whole may be dropped by one command, the part first: what it means is worked out after the command.
#pragma once

#include <memory>

#include "capture/setup.hpp"

namespace winback::work {

// Before a relation goes: reads its rows, for each source that they count for.
void look_at_rows(const std::shared_ptr<const capture::Setup>& setup, Oid relation);
// After the command: clients of a part are noted, those of a watched table are frozen.
void settle_drops(const capture::Setup& setup);
// Forgets what was read.
void forget_drops();
// A savepoint of this nesting level is rolled back, and with it what was dropped since; or it is released.
void savepoint_rolled_back(int level);
void savepoint_released(int level);

}  // namespace winback::work
