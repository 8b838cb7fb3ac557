// The parts of a watched table: its partitions of every level, and the tables that inherit from it. Their rows are its
// rows, and reading it reads them.
//
//   how rows come and go                       how it is heard of
//   -----------------------------------------  --------------------------------------------------------------------
//   INSERT, UPDATE, DELETE, COPY, MERGE        the row trigger: the server itself puts it on partitions, we on tables
//                                              that inherit
//   TRUNCATE of a part                         a trigger on each part, before the rows are gone
//   ATTACH, DETACH, INHERIT, NO INHERIT        event triggers (work/table_changes.cpp)
//   DROP of a part                             the same, with a look at the rows right before they are gone
//
// Temporary tables are no parts: others do not see their rows. Foreign tables are none either, for nobody hears of what
// changes there; a table that has one is not watched, and a watched one gets none.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "capture/setup.hpp"

namespace winback::capture {

// The relation and all its parts, of every level.
std::vector<Oid> parts_of(Oid relation);
// The relation and all that it is a part of.
std::set<Oid> wholes_of(Oid relation);
// A foreign table among all that inherits from it; InvalidOid: there is none.
Oid foreign_part_of(Oid relation);
// Whether other tables inherit from it, or did once.
bool may_have_parts(Oid relation);

// Visits every row that lies in this one relation, not in parts of it, as a row of a source.
using RowVisitor =
    std::function<void(RowReader& reader, TupleTableSlot* row, Verdict, const Fact&, const std::string& reason)>;
void read_rows(const Setup& setup, const Source& source, Oid relation, const RowVisitor& visit);

// Notes that the rows of one relation have come to a source, or go from it: their clients are computed afresh. Rows
// that cannot be facts go on the list or off it; returns how many came. `deleted`: one by one as it were, so that a
// call that goes is evidence no more; a part that is detached or dropped takes no evidence away.
std::int64_t note_rows(const Setup& setup, const Source& source, Oid relation, bool come, bool deleted = false);

}  // namespace winback::capture
