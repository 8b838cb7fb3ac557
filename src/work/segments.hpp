// Having it looked who has entered the segments (see 59-segments.sql).
#pragma once

#include "core/time.hpp"

namespace winback::work {

// The next sweep, due at `at`, looks who has entered a segment with a playbook; `only_by_class`: one that asks for
// classes.
void have_segments_examined(core::Instant at, bool only_by_class);

}  // namespace winback::work
