// A watched table: which of its columns, or expressions over them, say what.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pg/prelude.hpp"

namespace winback::capture {

enum class SourceKind { orders, calls, clients, events };

// What an expression yields, over all kinds of source.
enum class Meaning {
  client, at, amount, item_id, seconds, agent, counts_when, kind, value, note,
  name, manager, channel, region, department, do_not_contact
};
inline constexpr std::size_t kMeanings = 16;

// What type an expression must have, or be turned into.
enum class Wanted { key, time, number, seconds, text, boolean };

// One argument of a watch_* function.
struct Argument {
  std::string_view name;  // as the user knows it
  Meaning meaning;
  Wanted wanted;
  bool required;
};

// The arguments of each kind of source.
std::span<const Argument> arguments_of(SourceKind kind);

// One row of winback.source.
struct Source {
  int id;
  SourceKind kind;
  Oid relation;
  std::string name;  // of the table when it was watched
  Oid given_by;  // as whom the expressions are evaluated
  std::string search_path;
  std::array<std::optional<std::string>, kMeanings> expressions;

  const std::optional<std::string>& expression(Meaning meaning) const {
    return expressions[static_cast<std::size_t>(meaning)];
  }
};

// The kind with this name; an Error if there is none.
SourceKind kind_named(std::string_view name);

// Reads the expressions of a source from their jsonb form {"argument": "expression"}; unknown arguments are an Error.
void read_expressions(Source& source, Datum jsonb);

}  // namespace winback::capture
