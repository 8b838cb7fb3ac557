// See evidence.hpp.
#include "work/evidence.hpp"

#include <algorithm>

#include "capture/notes.hpp"
#include "capture/parts.hpp"
#include "ledger/patience.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "pg/table.hpp"
#include "pg/text.hpp"

namespace winback::work {

namespace {

using capture::Setup;
using capture::Source;
using capture::SourceKind;

// Does something that the command can do without.
template <class Step>
void if_possible(Step step) {
  pg::Failure failure;
  if (!pg::attempt(failure, step))
    pg::call([&] { pg::warn("winback could not follow the calls with which tasks were done", failure); });
}

}  // namespace

CallIds closing_calls(const Setup& setup, Oid source) {
  ledger::Patience patience(ledger::lock_wait);
  ledger::lock_soon(setup.tables.task, AccessShareLock, patience);
  pg::Table tasks(setup.tables.task);
  const int from = tasks.column("call_source"), id = tasks.column("call_id");
  CallIds calls;
  tasks.scan_all([&](const pg::Values& row, ItemPointerData) {
    if (!row.nulls[from] && !row.nulls[id] && DatumGetObjectId(row.values[from]) == source)
      calls.insert(pg::text_string(row.values[id]));
  });
  return calls;
}

CallIds calls_within(const Setup& setup, const Source& source, Oid relation) {
  CallIds found;
  if (source.kind != SourceKind::calls) return found;
  if_possible([&] {
    const CallIds all = closing_calls(setup, source.relation);
    if (all.empty()) return;
    capture::read_rows(setup, source, relation,
                       [&](capture::RowReader& reader, TupleTableSlot*, capture::Verdict verdict,
                           const capture::Fact& fact, const std::string&) {
                         if (verdict != capture::Verdict::fact) return;
                         std::string id = reader.text_of(fact, capture::Meaning::item_id);
                         if (all.contains(id)) found.insert(std::move(id));
                       });
  });
  return found;
}

void move_evidence(const Setup& setup, Oid from, Oid to, const WhichCalls& which) {
  ledger::Patience patience(ledger::lock_wait);
  ledger::lock_soon(setup.tables.task, RowExclusiveLock, patience);
  pg::Table tasks(setup.tables.task);
  const int client = tasks.column("client_id"), source = tasks.column("call_source"), id = tasks.column("call_id");
  tasks.scan_all([&](const pg::Values& row, ItemPointerData place) {
    if (row.nulls[source] || row.nulls[id] || DatumGetObjectId(row.values[source]) != from) return;
    ClosedTask task{std::nullopt, pg::text_string(row.values[id])};
    if (!row.nulls[client]) task.client = row.values[client];
    if (!which(task)) return;
    while (!tasks.hold_at(place))
      if (!patience())
        throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another session has locked a task", {}, "Try again later.");
    pg::Values moved = row;
    moved.set(source, ObjectIdGetDatum(to));
    tasks.update_held(moved);
  });
}

void put_away(const Setup& setup, const Source& source, Oid part, const CallIds& calls) {
  if (calls.empty()) return;
  if_possible([&] {
    move_evidence(setup, source.relation, part, [&](const ClosedTask& task) { return calls.contains(task.call_id); });
  });
}

void bring_back(const Setup& setup, const Source& source, Oid part) {
  // What the part says as a watched table of its own, it goes on saying.
  const bool speaks = std::ranges::any_of(setup.sources, [&](const Source& other) {
    return other.kind == SourceKind::calls && other.relation == part;
  });
  if (source.kind != SourceKind::calls || speaks) return;
  if_possible([&] {
    move_evidence(setup, part, source.relation, [&](const ClosedTask& task) {
      // What became of the call meanwhile nobody has heard of.
      if (task.client) {
        capture::notes().afresh(*task.client);
        capture::notes().tasks(*task.client).evidence.push_back({source.relation, task.call_id});
      }
      return true;
    });
  });
}

}  // namespace winback::work

using namespace winback;

// _move_evidence(from oid, to regclass): tasks that were done with calls of one table are done with those of another.
WINBACK_FUNCTION(winback_move_evidence) {
  work::move_evidence(*capture::need_setup(), PG_GETARG_OID(0), PG_GETARG_OID(1),
                      [](const work::ClosedTask&) { return true; });
  PG_RETURN_VOID();
}
