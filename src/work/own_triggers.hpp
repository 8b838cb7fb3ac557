// Partitions that are watched by themselves, beside their whole or before it.
//
// The server clones the row trigger of a partitioned table to its partitions, under its name, and takes the clones away
// when a partition goes or the whole loses its trigger:
//
//   what happens                              the row trigger of a partition that is watched by itself
//   ----------------------------------------  ---------------------------------------------------------------------
//   its whole is watched, or it is attached   its own goes, for a clone comes
//   to a watched table
//   it is detached, or its whole is watched   the clone goes, and it gets its own again
//   no longer
#pragma once

#include "capture/setup.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace winback::work {

// Before ATTACH PARTITION: drops the row triggers of the part that is to come, if clones will take their place.
void drop_own_row_triggers(const capture::Setup& setup, const AlterTableStmt* attach, RangeVar* part);

}  // namespace winback::work
