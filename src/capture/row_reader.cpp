// See row_reader.hpp.
#include "capture/row_reader.hpp"

#include <algorithm>

#include "pg/amount.hpp"
#include "pg/identity.hpp"
#include "pg/subtransaction.hpp"

extern "C" {
#include "access/detoast.h"
#include "access/tupconvert.h"
#include "storage/lmgr.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

namespace winback::capture {

namespace {

// Facts this near the ends of the time line are rejected: a deadline some years later must still be an instant.
const core::Instant kEarliest = MIN_TIMESTAMP + 100 * INT64CONST(366) * USECS_PER_DAY;
const core::Instant kLatest = END_TIMESTAMP - 100 * INT64CONST(366) * USECS_PER_DAY;

constexpr DateADT kFarthestDay = 100'000'000;  // beyond it a day has no timestamp

// Longer keys do not fit into an index, which takes 2704 bytes at most, together with its other columns.
constexpr Size kLongestKey = 2000;

// Whether a type's values are written alike whatever the settings.
bool is_written_alike(Oid type) {
  constexpr std::array kTypes = {INT2OID, INT4OID, INT8OID, NUMERICOID, TEXTOID, VARCHAROID, UUIDOID, OIDOID, NAMEOID};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// Whether a value is a text of no characters: no name.
bool is_empty(Oid type, Datum value) {
  return (type == TEXTOID || type == VARCHAROID) && toast_raw_datum_size(value) == VARHDRSZ;
}

// Whether a row where this is null is no fact; registration alone may be unknown.
bool is_vital(const Argument& argument) {
  return argument.required && (argument.wanted == Wanted::key || argument.wanted == Wanted::time ||
                               argument.wanted == Wanted::name || argument.meaning == Meaning::kind);
}

// The watched table, for a part of which rows are read. Whoever writes to the part must not wait for the whole, which
// he has not locked: somebody who has may be waiting for the part.
Relation open_whole(Oid relation) {
  (void)ConditionalLockRelationOid(relation, AccessShareLock);
  Relation whole = RelationIdGetRelation(relation);
  if (!RelationIsValid(whole)) elog(ERROR, "watched table %u is gone", relation);
  return whole;
}

// From the columns of a part to those of the whole; null: they are the same.
AttrMap* map_columns(Relation part, Relation whole) {
#if PG_VERSION_NUM >= 160000
  return build_attrmap_by_name_if_req(RelationGetDescr(part), RelationGetDescr(whole), false);
#else
  return build_attrmap_by_name_if_req(RelationGetDescr(part), RelationGetDescr(whole));
#endif
}

// Seconds, from an interval, as numeric.
Datum seconds_of_interval(Datum interval) {
  return DirectFunctionCall2(extract_interval, PointerGetDatum(cstring_to_text("epoch")), interval);
}

}  // namespace

RowReader::RowReader(const Source& source, Relation relation, const pg::KeyType& key,
                     const pg::ServerCalendar& calendar, MemoryContext parent)
    : kind_(source.kind),
      by_alias_(source.by_alias),
      role_(source.given_by),
      search_path_(source.search_path),
      key_(key),
      calendar_(calendar),
      context_("winback row reader", parent) {
  const pg::AsRole role(role_);
  const pg::PinnedSettings settings(calendar.time_zone(), search_path_);
  const pg::InContext in(context_.get());
  if (RelationGetRelid(relation) == source.relation) {
    compile_all(source, relation);
    return;
  }
  Relation whole = pg::call([&] { return open_whole(source.relation); });
  compile_all(source, whole);
  pg::call([&] {
    map_ = map_columns(relation, whole);
    mapped_ = MakeSingleTupleTableSlot(description_, &TTSOpsVirtual);
    RelationClose(whole);
  });
}

RowReader::~RowReader() = default;  // all of it lives in context_

// Compiles the source's expressions; its role and settings are in force.
void RowReader::compile_all(const Source& source, Relation watched) {
  for (Argument argument : arguments_of(source.kind)) {
    const auto& text = source.expression(argument.meaning);
    if (!text) continue;
    argument.wanted = source.wanted(argument);
    Expression& expression = expressions_[static_cast<std::size_t>(argument.meaning)];
    expression = compile(argument, *text, watched, &key_);
    may_fail_ |= expression.may_fail;
    needs_role_ |= expression.needs_role;
    needs_settings_ |= expression.needs_settings;
  }
  for (const Argument& argument : arguments_of(source.kind))
    if (const Expression& expression = this->expression(argument.meaning);
        is_vital(argument) && expression.column != 0 && this->expression(Meaning::counts_when).may_fail)
      vital_columns_.push_back(expression.column);
  pg::call([&] {
    // With what rows from before an ADD COLUMN ... DEFAULT have in that column: last_row() copies them as they are.
    description_ = CreateTupleDescCopyConstr(RelationGetDescr(watched));
    scratch_[0] = CreateStandaloneExprContext();
    scratch_[1] = CreateStandaloneExprContext();
    slot_ = MakeSingleTupleTableSlot(description_, &TTSOpsHeapTuple);
  });
}

// A row of the relation as a row of the watched table; its values live as long as the row's own.
TupleTableSlot* RowReader::as_watched(TupleTableSlot* row) const {
  if (!map_ || row == slot_ || row == mapped_) return row;
  return pg::call([&] { return execute_attr_map_slot(map_, row, mapped_); });
}

// Evaluates what a fact of this kind consists of. May raise whatever an expression raises.
RowReader::Outcome RowReader::evaluate(TupleTableSlot* row, Fact& fact) const {
  ExprContext* scratch = scratch_[current_];
  ResetExprContext(scratch);
  scratch->ecxt_scantuple = row;
  const MemoryContext before = MemoryContextSwitchTo(scratch->ecxt_per_tuple_memory);
  const auto value_of = [&](Meaning meaning) {
    Value value;
    const Expression& wanted = expression(meaning);
    if (wanted.column != 0)
      value.datum = slot_getattr(row, wanted.column, &value.null);
    else if (wanted.state)
      value.datum = ExecEvalExpr(wanted.state, scratch, &value.null);
    return value;
  };
  const auto no_fact = [&] {
    MemoryContextSwitchTo(before);
    return Outcome{false, nullptr};
  };
  for (const AttrNumber column : vital_columns_)
    if (slot_attisnull(row, column)) return no_fact();
  const Value counts = value_of(Meaning::counts_when);
  if (expression(Meaning::counts_when).state && (counts.null || !DatumGetBool(counts.datum))) return no_fact();
  const bool has_client = kind_ != SourceKind::lines;
  const Value client = has_client ? value_of(Meaning::client) : Value();
  if (has_client && client.null) return no_fact();
  if (by_alias_ && is_empty(expression(Meaning::client).type, client.datum)) return no_fact();
  fact = Fact();
  fact.kind = kind_;
  fact.client = client.datum;
  Outcome outcome{true, nullptr};
  if (has_client && !by_alias_ && key_.size(client.datum) > kLongestKey)
    outcome.complaint = "its client key is longer than 2000 bytes";
  for (const Argument& argument : arguments_of(kind_)) {
    if (argument.meaning == Meaning::client || argument.meaning == Meaning::counts_when) continue;
    const Value value = value_of(argument.meaning);
    fact.values[static_cast<std::size_t>(argument.meaning)] = value;
    if (value.null) {
      if (is_vital(argument)) return no_fact();
      continue;
    }
    const Oid type = expression(argument.meaning).type;
    if (argument.wanted == Wanted::name && is_empty(type, value.datum)) return no_fact();
    if (argument.wanted == Wanted::time) {
      fact.has_time = true;
      fact.is_date = type == DATEOID;
      if (type == TIMESTAMPTZOID) {
        fact.at = DatumGetTimestampTz(value.datum);
      } else {
        Timestamp local = DatumGetTimestamp(value.datum);
        if (type == DATEOID) {
          const DateADT day = DatumGetDateADT(value.datum);
          const bool far = DATE_NOT_FINITE(day) || day < -kFarthestDay || day > kFarthestDay;
          local = far ? DT_NOEND : day * USECS_PER_DAY;
        }
        fact.at = TIMESTAMP_NOT_FINITE(local) ? DT_NOEND : calendar_.from_local(local);
      }
      if (fact.at < kEarliest || fact.at > kLatest) outcome.complaint = "its time is infinite or out of range";
    } else if (argument.wanted == Wanted::number || argument.wanted == Wanted::seconds) {
      const bool is_interval = type == INTERVALOID && argument.wanted == Wanted::seconds;
      const Datum number = is_interval ? seconds_of_interval(value.datum) : value.datum;
      fact.values[static_cast<std::size_t>(argument.meaning)].datum = number;
      if (!pg::is_finite(number)) outcome.complaint = "a number in it is NaN or infinite";
    }
  }
  MemoryContextSwitchTo(before);
  return outcome;
}

Verdict RowReader::read(TupleTableSlot* row, Fact& fact, std::string& reason, bool pinned) {
  std::optional<pg::AsRole> role;
  std::optional<pg::PinnedSettings> settings;
  if (!pinned && needs_role_) role.emplace(role_);
  if (!pinned && needs_settings_) settings.emplace(calendar_.time_zone(), search_path_);
  current_ = 1 - current_;
  last_ = row = as_watched(row);
  Outcome outcome;
  if (!may_fail_) {
    outcome = pg::call([&] { return evaluate(row, fact); });
  } else {
    try {
      pg::Subtransaction attempt;
      outcome = pg::call([&] { return evaluate(row, fact); });
      attempt.commit();
    } catch (const pg::ServerError& error) {
      if (pg::must_pass(error.sqlstate())) throw;
      reason = error.what();
      return Verdict::rejected;
    }
  }
  if (!outcome.counts) return Verdict::no_fact;
  if (!outcome.complaint) return Verdict::fact;
  reason = outcome.complaint;
  return Verdict::rejected;
}

Verdict RowReader::read(Datum composite, Fact& fact, std::string& reason, bool pinned) {
  pg::call([&] {
    HeapTupleHeader header = DatumGetHeapTupleHeader(composite);
    tuple_.t_len = HeapTupleHeaderGetDatumLength(header);
    tuple_.t_data = header;
    ExecStoreHeapTuple(&tuple_, slot_, false);
  });
  return read(slot_, fact, reason, pinned);
}

Datum RowReader::last_row() const {
  if (last_ == slot_) return PointerGetDatum(tuple_.t_data);
  return pg::call([&] { return ExecFetchSlotHeapTupleDatum(last_); });
}

std::string RowReader::text_of(const Fact& fact, Meaning meaning) const {
  const Expression& expression = this->expression(meaning);
  const Value& value = fact.value(meaning);
  if (value.null) return {};
  std::optional<pg::PinnedSettings> settings;
  if (!is_written_alike(expression.type)) settings.emplace(calendar_.time_zone(), search_path_);
  return pg::call([&] { return OidOutputFunctionCall(expression.output, value.datum); });
}

std::string RowReader::name_of(const Fact& fact, Meaning meaning) const {
  const Expression& expression = this->expression(meaning);
  const Value value = meaning == Meaning::client ? Value{fact.client, false} : fact.value(meaning);
  if (!expression.state || value.null) return {};
  std::optional<pg::PinnedSettings> settings;
  if (!is_written_alike(expression.type)) settings.emplace(calendar_.time_zone(), search_path_);
  return pg::call([&] {
    const Datum plain =
        expression.type == NUMERICOID ? DirectFunctionCall1(numeric_trim_scale, value.datum) : value.datum;
    return OidOutputFunctionCall(expression.output, plain);
  });
}

std::optional<Datum> RowReader::from_name(const std::string& name, Meaning meaning) const {
  const Oid type = expression(meaning).type;
  const auto read = [&] {
    return pg::call([&] {
      Oid input, parameter;
      getTypeInputInfo(type, &input, &parameter);
      return OidInputFunctionCall(input, const_cast<char*>(name.c_str()), parameter, -1);
    });
  };
  if (type == TEXTOID || type == VARCHAROID) return read();
  try {
    pg::Subtransaction attempt;
    const Datum value = read();
    attempt.commit();
    return value;
  } catch (const pg::ServerError& error) {
    if (pg::must_pass(error.sqlstate())) throw;
    return std::nullopt;
  }
}

std::string RowReader::last_item_id() {
  const Expression& id = expression(Meaning::item_id);
  if (!id.state) return {};
  try {
    pg::Subtransaction attempt;
    const char* text = pg::call([&]() -> const char* {
      ExprContext* scratch = scratch_[current_];
      ResetExprContext(scratch);
      scratch->ecxt_scantuple = last_;
      bool null;
      const Datum value = ExecEvalExprSwitchContext(id.state, scratch, &null);
      return null ? "" : OidOutputFunctionCall(id.output, value);
    });
    attempt.commit();
    return text;
  } catch (const pg::ServerError& error) {
    if (pg::must_pass(error.sqlstate())) throw;
    return {};
  }
}

bool RowReader::same(const Fact& a, const Fact& b) const {
  if (a.has_time != b.has_time || a.at != b.at) return false;
  if (by_alias_ ? name_of(a, Meaning::client) != name_of(b, Meaning::client)
                : kind_ != SourceKind::lines && !key_.equal(a.client, b.client))
    return false;
  for (const Argument& argument : arguments_of(kind_)) {
    if (argument.wanted == Wanted::key || argument.wanted == Wanted::time) continue;
    const Value& x = a.value(argument.meaning);
    const Value& y = b.value(argument.meaning);
    if (x.null != y.null) return false;
    if (x.null) continue;
    const Expression& expression = this->expression(argument.meaning);
    const bool number = argument.wanted == Wanted::number || argument.wanted == Wanted::seconds;
    const bool equal = pg::call([&] {
      std::int16_t length;
      bool by_value;
      get_typlenbyval(number ? NUMERICOID : expression.type, &length, &by_value);
      return datum_image_eq(x.datum, y.datum, by_value, length);
    });
    if (!equal) return false;
  }
  return true;
}

Datum RowReader::as_jsonb(TupleTableSlot* row) const {
  const pg::AsRole role(role_);
  // In no policy's zone: the row must be found again on the list when that has changed.
  const pg::PinnedSettings settings("UTC", search_path_);
  const auto to_jsonb = [](const char* json) { return DirectFunctionCall1(jsonb_in, CStringGetDatum(json)); };
  const Datum composite = pg::call([&] {
    if (!mapped_ || row == mapped_) return ExecFetchSlotHeapTupleDatum(row);
    if (map_)
      execute_attr_map_slot(map_, row, mapped_);
    else
      ExecCopySlot(mapped_, row);
    return ExecFetchSlotHeapTupleDatum(mapped_);
  });
  try {
    pg::Subtransaction attempt;
    const Datum object =
        pg::call([&] { return to_jsonb(TextDatumGetCString(DirectFunctionCall1(row_to_json, composite))); });
    attempt.commit();
    return object;
  } catch (const pg::ServerError& error) {
    if (pg::must_pass(error.sqlstate())) throw;
  }
  // What json can say and jsonb cannot, such as a \u0000, or a cast to json that fails: the row as a string.
  return pg::call([&] {
    StringInfoData json;
    initStringInfo(&json);
    escape_json(&json, OidOutputFunctionCall(F_RECORD_OUT, composite));
    return to_jsonb(json.data);
  });
}

}  // namespace winback::capture
