// The triggers on the watched tables. They only take notes; what the notes mean is worked out at commit.
//
//   statement on a watched table    what is noted for the clients of the rows
//   ------------------------------  -----------------------------------------------------------------------
//   INSERT of an order or a call    the fact, to be added
//   INSERT of anything else         recompute
//   UPDATE that changes no fact     nothing
//   UPDATE, DELETE of a fact        recompute, for the client before and the client after; of a call: look
//                                   at the evidence of its tasks too
//   any of a row that hangs on a    the name (see names.hpp), instead of or besides a client: of lines, of facts by
//     name, or says whose one is      alias, of aliases, and of orders whose amounts stand on lines
//   TRUNCATE                        recompute everybody; of a part: the clients of its rows, before they are gone
//   a row that cannot be a fact     goes on the list winback.rejected; one WARNING a statement
//
// A failure of ours is a WARNING, and everybody becomes stale with the commit: a fact is never lost.
#include <utility>

#include "capture/affected.hpp"
#include "capture/notes.hpp"
#include "capture/parts.hpp"
#include "capture/rejected.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace winback::capture {

namespace {

// Rows that the running statement could not make facts of. A statement that fails leaves its count behind, in a
// transaction or savepoint that is over then.
struct RejectedInStatement {
  TimestampTz transaction = 0;
  SubTransactionId savepoint = InvalidSubTransactionId;
  std::uint64_t rows = 0;
  char reason[256] = "";
};
RejectedInStatement rejected_in_statement;

// The count of the running statement.
RejectedInStatement& rejected_now() {
  const TimestampTz transaction = GetCurrentTransactionStartTimestamp();
  const SubTransactionId savepoint = GetCurrentSubTransactionId();
  RejectedInStatement& known = rejected_in_statement;
  if (known.transaction != transaction || known.savepoint != savepoint) known = {transaction, savepoint, 0, ""};
  return known;
}

// The trigger's data, after checking how the function was called.
TriggerData* trigger_data(FunctionCallInfo fcinfo, const char* function, bool row_level) {
  auto* data = reinterpret_cast<TriggerData*>(fcinfo->context);
  const bool right_time = CALLED_AS_TRIGGER(fcinfo) && static_cast<bool>(TRIGGER_FIRED_BEFORE(data->tg_event)) ==
                                                           static_cast<bool>(TRIGGER_FIRED_BY_TRUNCATE(data->tg_event));
  if (!right_time || TRIGGER_FIRED_INSTEAD(data->tg_event) ||
      static_cast<bool>(TRIGGER_FIRED_FOR_ROW(data->tg_event)) != row_level)
    throw pg::Error(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
                    std::string("function \"") + function + "\" was not called as the trigger that it is", {},
                    "Use winback.watch_orders() and its sisters to create the triggers.");
  return data;
}

// Runs a part of a trigger in a subtransaction; false if it failed: then everybody is to be recomputed, and the
// application goes on.
template <class Part>
bool never_failing(Part part) {
  pg::Failure failure;
  if (pg::attempt(failure, part)) return true;
  pg::call([&] { pg::warn("winback could not take note of a change", failure); });
  note_lost_track(failure.message);
  return false;
}

// What one source's reader makes of a row.
struct Seen {
  Verdict verdict = Verdict::no_fact;
  Fact fact;
};

// Reads a row and lists it where it cannot be a fact.
Seen look(const Setup& setup, const Source& source, RowReader& reader, TupleTableSlot* row, bool is_new) {
  Seen seen;
  std::string reason;
  seen.verdict = reader.read(row, seen.fact, reason);
  if (seen.verdict == Verdict::rejected) {
    never_failing([&] {
      const Datum json = reader.as_jsonb(row);
      if (is_new)
        list_rejected(setup, source.relation, json, reason);
      else
        unlist_rejected(setup, source.relation, json);
    });
    if (is_new) {
      RejectedInStatement& rejected = rejected_now();
      ++rejected.rows;
      strlcpy(rejected.reason, reason.c_str(), sizeof rejected.reason);
    }
  }
  return seen;
}

// Notes that the client, or the name, of a fact is to be looked at; `before`: the fact that the row was, if it was one.
void note_afresh(const Reading& reading, const Fact& fact, const Fact* before) {
  const auto& [source, reader] = reading;
  each_name(*source, *reader, fact, before != nullptr,
            [](Name name, const NameNote& note) { notes().named(std::move(name), note); });
  if (!tells_client(*source)) return;
  notes().afresh(fact.client);
  if (source->kind == SourceKind::calls && before)
    notes().tasks(fact.client).evidence.push_back({source->relation, reader->text_of(*before, Meaning::item_id)});
  if (source->kind == SourceKind::aliases) notes().tasks(fact.client).all_evidence = true;
}

// Notes what a new row means for one source.
void note_insert(const Setup& setup, const Reading& reading, TupleTableSlot* row) {
  const Source& source = *reading.source;
  const Seen seen = look(setup, source, *reading.reader, row, true);
  if (seen.verdict != Verdict::fact) return;
  const bool of_a_kind = source.kind == SourceKind::orders || source.kind == SourceKind::calls;
  if (of_a_kind && source.is_plain())
    notes().add(seen.fact);
  else
    note_afresh(reading, seen.fact, nullptr);
}

// Notes what the change of a row means for one source; `row`: null where it is deleted.
void note_change(const Setup& setup, const Reading& reading, TupleTableSlot* old_row, TupleTableSlot* row) {
  const Seen before = look(setup, *reading.source, *reading.reader, old_row, false);
  const Seen after = row ? look(setup, *reading.source, *reading.reader, row, true) : Seen();
  const bool was = before.verdict == Verdict::fact;
  const bool is = after.verdict == Verdict::fact;
  if (was && is && reading.reader->same(before.fact, after.fact)) return;
  if (was) note_afresh(reading, before.fact, &before.fact);
  if (is) note_afresh(reading, after.fact, was ? &before.fact : nullptr);
}

// The setup, and what reads this relation's rows; nothing where there is nothing to note.
struct Prepared {
  std::shared_ptr<const Setup> setup;
  const std::vector<Reading>* readings = nullptr;
};

// What may have to be read or compiled to note this relation's rows is read here, where a failure can be undone.
Prepared prepare(Relation relation) {
  Prepared prepared{setup_if_read()};
  if (prepared.setup) prepared.readings = prepared.setup->readings_if_ready(relation);
  if (prepared.readings) return prepared;
  if (notes_taken() && notes_taken()->has_lost_track()) return {};  // once a transaction is warning enough
  // One after the other: a setup that was read stays where a reader fails.
  const bool ready = never_failing([&] { prepared.setup = setup(); }) && never_failing([&] {
    if (prepared.setup) prepared.readings = &prepared.setup->readings(relation);
  });
  return ready && prepared.readings ? prepared : Prepared();
}

// Notes that a watched table, or a part of it, is about to lose its rows.
void note_truncate(const Setup& setup, const std::vector<Reading>& readings, Relation relation) {
  const Oid id = RelationGetRelid(relation);
  // Of a table that others inherit from, those may keep theirs: its own rows are those of a part.
  const bool whole = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE || !may_have_parts(id);
  for (const auto& [source, reader] : readings) {
    if (source->relation == id && whole) {
      notes().everything();
      notes().all_evidence();
      never_failing([&] { unlist_all_rejected(setup, id); });
    } else if (!notes().has_everything() || has_rejected(setup, source->relation)) {
      // Where the whole is truncated its trigger has come first, and left nothing to do.
      never_failing([&] { (void)note_rows(setup, *source, id, false, true); });
    } else if (source->kind == SourceKind::calls || source->kind == SourceKind::aliases) {
      // Everybody is noted already, but nothing of the tasks that these rows are the evidence of.
      notes().all_evidence();
    }
  }
}

}  // namespace

}  // namespace winback::capture

using namespace winback;
using namespace winback::capture;

WINBACK_FUNCTION(winback_capture_row) {
  const TriggerData* data = trigger_data(fcinfo, "winback._capture_row", true);
  const Prepared prepared = prepare(data->tg_relation);
  if (!prepared.readings) return PointerGetDatum(nullptr);
  TupleTableSlot* const row = data->tg_trigslot;
  for (const Reading& reading : *prepared.readings) {
    if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
      note_insert(*prepared.setup, reading, row);
    else
      note_change(*prepared.setup, reading, row, TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newslot : nullptr);
  }
  return PointerGetDatum(nullptr);
}

WINBACK_FUNCTION(winback_capture_statement) {
  const TriggerData* data = trigger_data(fcinfo, "winback._capture_statement", false);
  const RejectedInStatement rejected = std::exchange(rejected_now(), {});
  if (rejected.rows > 0)
    pg::call([&] {
      ereport(WARNING, (errcode(ERRCODE_DATA_EXCEPTION),
                        errmsg_plural("%llu row of table \"%s\" cannot be a fact and was left out",
                                      "%llu rows of table \"%s\" cannot be facts and were left out", rejected.rows,
                                      static_cast<unsigned long long>(rejected.rows),
                                      RelationGetRelationName(data->tg_relation)),
                        errdetail_internal("%s", rejected.reason), errhint("See winback.rejected.")));
    });
  if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
    if (const Prepared prepared = prepare(data->tg_relation); prepared.readings)
      note_truncate(*prepared.setup, *prepared.readings, data->tg_relation);
  return PointerGetDatum(nullptr);
}
