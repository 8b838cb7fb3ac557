// With which calls tasks were done, while the tables of those calls come and go.
//
// A task names the table in which its call lies, and is looked at again as long as that table is watched:
//
//   what happens to the call's table             the tasks that name it
//   -------------------------------------------  ---------------------------------------------------------------
//   unwatched, or dropped                        stay done: what is not watched says nothing
//   a part is detached, or dropped               those whose call lies in it name the part from then on
//   attached (again)                             those that name the part name the watched table, and are looked at
//   a table comes in the place of a dropped one  those that named the one name the other
//
// Nobody can be closing a task with a call of a part meanwhile: who does so has read the part in a transaction that has
// not ended, and the command holds the part to itself.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "capture/setup.hpp"

namespace winback::work {

using CallIds = std::set<std::string>;

// The calls of a watched table with which tasks were done.
CallIds closing_calls(const capture::Setup& setup, Oid source);
// Those of them that lie in one relation.
CallIds calls_within(const capture::Setup& setup, const capture::Source& source, Oid relation);

// Tasks that were done with calls of one table are done with those of another; only those of which `which` says so.
struct ClosedTask {
  std::optional<Datum> client;  // none: erased
  std::string call_id;
};
using WhichCalls = std::function<bool(const ClosedTask&)>;
void move_evidence(const capture::Setup& setup, Oid from, Oid to, const WhichCalls& which);

// The calls of these ids are put away in a part that is watched no longer. Where a task cannot be had in time that is a
// WARNING, for the command must go on: such a task may be open again later.
void put_away(const capture::Setup& setup, const capture::Source& source, Oid part, const CallIds& calls);
// A part has come to a watched table, and what was put away with it: likewise.
void bring_back(const capture::Setup& setup, const capture::Source& source, Oid part);

}  // namespace winback::work
