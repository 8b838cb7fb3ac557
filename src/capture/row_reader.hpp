// Reads a row of a watched table as a fact. The same reader serves the triggers and the recomputation, so both see the
// same facts by construction. Of a row that is no fact nothing further is looked at, so nothing further can fail.
//
//   the row                                              is
//   ---------------------------------------------------  -----------------------------------------
//   counts_when is not true                              no fact
//   client or (but for clients) time is null             no fact
//   alias, or the order's id of a line, is null or ''    no fact
//   kind of an event is null                             no fact
//   an expression fails on it                            rejected, with the server's message
//   time infinite or too far off for date arithmetic     rejected
//   amount, seconds or value NaN or infinite             rejected
//   anything else                                        a fact
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "capture/expression.hpp"
#include "core/time.hpp"
#include "pg/calendar.hpp"
#include "pg/memory.hpp"

namespace winback::capture {

// A value with its nullness.
struct Value {
  Datum datum = 0;
  bool null = true;
};

// What a row says. Its datums live until the reader reads the next row, or as long as the row itself.
struct Fact {
  SourceKind kind;
  Datum client;  // of sources by alias: the alias, as it came; of lines: nothing
  bool merged = false;  // it stands under another key, which was merged into the client
  bool has_time = false;
  bool is_date = false;  // the time was a mere date
  core::Instant at = 0;
  std::array<Value, kMeanings> values;  // number and seconds as numeric; text as it came

  const Value& value(Meaning meaning) const { return values[static_cast<std::size_t>(meaning)]; }
};

enum class Verdict { no_fact, fact, rejected };

class RowReader {
 public:
  // Compiles the source's expressions against the watched table. The rows to be read are those of `relation`: that
  // table, or a part of it, whose rows are first turned into rows of the whole.
  RowReader(const Source& source, Relation relation, const pg::KeyType& key, const pg::ServerCalendar& calendar,
            MemoryContext parent);
  ~RowReader();

  // Reads one row; `reason` is set for rejected ones. `pinned`: the caller acts as the role and has the settings.
  Verdict read(TupleTableSlot* row, Fact& fact, std::string& reason, bool pinned = false);
  // Reads a row given as a composite value of the watched table's type.
  Verdict read(Datum composite, Fact& fact, std::string& reason, bool pinned = false);

  // Whether there may be rows on which an expression fails.
  bool may_fail(Meaning meaning) const { return expression(meaning).may_fail; }
  // Whether the instant that an expression yields is another one in another time zone.
  bool hangs_on_zone(Meaning meaning) const {
    return type_of(meaning) != TIMESTAMPTZOID || expression(meaning).needs_settings;
  }
  // The type of what an expression yields.
  Oid type_of(Meaning meaning) const { return expression(meaning).type; }

  // A value of the last fact as text, written alike whatever the session has set; empty for null.
  std::string text_of(const Fact& fact, Meaning meaning) const;
  // A value of the last fact, the client's included, as a name (see names.hpp); empty: it is none.
  std::string name_of(const Fact& fact, Meaning meaning) const;
  // A name as a value of the type that an expression yields; nullopt where none is written so. In the current context.
  std::optional<Datum> from_name(const std::string& name, Meaning meaning) const;
  // The id of the order or call in the row that was last read, fact or not; empty where it fails.
  std::string last_item_id();
  // Whether two facts of this reader say the same.
  bool same(const Fact& a, const Fact& b) const;
  // The row as jsonb, as a row of the watched table, in the current context.
  Datum as_jsonb(TupleTableSlot* row) const;
  // The row that was last read, likewise.
  Datum last_as_jsonb() const { return as_jsonb(last_); }
  // The row that was last read, as a composite value of the watched table's type.
  Datum last_row() const;

 private:
  struct Outcome {
    bool counts;
    const char* complaint;
  };
  void compile_all(const Source& source, Relation watched);
  TupleTableSlot* as_watched(TupleTableSlot* row) const;
  Outcome evaluate(TupleTableSlot* row, Fact& fact) const;
  const Expression& expression(Meaning meaning) const { return expressions_[static_cast<std::size_t>(meaning)]; }

  SourceKind kind_;
  bool by_alias_;
  Oid role_;
  std::string search_path_;
  const pg::KeyType& key_;
  const pg::ServerCalendar& calendar_;
  pg::OwnContext context_;
  std::array<Expression, kMeanings> expressions_{};
  std::vector<AttrNumber> vital_columns_;  // null in one: no fact; known without asking counts_when, which may fail
  bool may_fail_ = false;
  bool needs_role_ = false;
  bool needs_settings_ = false;
  TupleDesc description_;
  AttrMap* map_ = nullptr;  // from the relation's columns to the watched table's; null: they are the same
  TupleTableSlot* mapped_ = nullptr;  // null: the relation is the watched table itself
  ExprContext* scratch_[2];  // two, so that an old and a new row can be compared
  int current_ = 0;
  TupleTableSlot* slot_;            // of rows given as composite values
  TupleTableSlot* last_ = nullptr;  // the row that was last read, as a row of the watched table
  HeapTupleData tuple_ = {};  // what is in the slot
};

}  // namespace winback::capture
