// Dating all clients by a new version of the rules, the newest, from their rows alone: the rows hold each life as it
// was after its last fact, and it goes on from there. What follows is the row that computing it afresh would give (see
// core/life.hpp), for a fraction of the time, for no watched table is read.
//
//   it is not that simple                       because
//   ------------------------------------------  ------------------------------------------------------------------
//   a row lags behind its facts, or is frozen   it is not judged by the version before
//   (somebody is marked stale)
//   this transaction has changed facts, other   the rows do not show it yet
//   settings, or two versions of the rules
//   signals are read in another way, or use     the facts behind them are not kept in the row
//   is watched
//
//   of one client: its last fact, or a          the version comes before it in the client's life; then this client is
//   deadline that its history tells of, is      computed afresh
//   not earlier than the new version
//
// That the rows were judged by every version before. Whoever writes rows holds the ledger, and reads the rules under
// that lock (see commit.cpp); a version commits with all rows judged by it, or with a mark for everybody. Changes of
// the rules come one after the other, so the rows that are found under the lock here are those that the change before
// has left, and what others have added to them since by its rules. Where this transaction has dated them anew before
// and would again after a savepoint, it notes that everybody is to be computed afresh (capture/notes.cpp).
#pragma once

#include "capture/notes.hpp"
#include "pg/progress.hpp"
#include "work/settle.hpp"

namespace winback::work {

// Whether what was noted can be done so. The ledger is locked as for rebuild().
bool can_redate(const capture::Setup& setup, const capture::Sum& noted);

// Does so.
void redate(Settler& settler, pg::Progress& progress);

}  // namespace winback::work
