// A watched table: which of its columns, or expressions over them, say what.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pg/prelude.hpp"

namespace winback::capture {

// Facts are rows of the first four. The others say more of facts: whose they are, and what an order amounts to.
enum class SourceKind { orders, calls, clients, events, aliases, lines };

// Whether its rows are facts.
constexpr bool is_fact(SourceKind kind) { return kind <= SourceKind::events; }

// What an expression yields, over all kinds of source.
enum class Meaning {
  client, at, amount, item_id, seconds, agent, counts_when, kind, value, note,
  name, manager, channel, region, department, do_not_contact, alias
};
inline constexpr std::size_t kMeanings = 17;

// What type an expression must have, or be turned into. A name (see names.hpp) has any type with an equality.
enum class Wanted { key, name, time, number, seconds, text, boolean };

// One argument of a watch_* function.
struct Argument {
  std::string_view name;  // as the user knows it
  Meaning meaning;
  Wanted wanted;
  bool required;
};

// The arguments of each kind of source; those first without which a row is no fact, whatever the others are.
std::span<const Argument> arguments_of(SourceKind kind);

// One row of winback.source.
struct Source {
  int id;
  SourceKind kind;
  Oid relation;
  std::string name;  // of the table when it was watched
  Oid given_by;  // as whom the expressions are evaluated
  std::string search_path;
  bool by_alias = false;  // the client expression yields an alias
  Oid orders = InvalidOid;  // of lines: the table of their orders
  bool has_lines = false;   // of orders with an id: what they amount to stands on lines, too
  std::array<std::optional<std::string>, kMeanings> expressions;

  const std::optional<std::string>& expression(Meaning meaning) const {
    return expressions[static_cast<std::size_t>(meaning)];
  }
  // Whether whose a row's fact is and what it amounts to follows from that row alone.
  bool is_plain() const { return is_fact(kind) && !by_alias && !has_lines; }
  // What one of its arguments must yield.
  Wanted wanted(const Argument& argument) const {
    return by_alias && argument.meaning == Meaning::client ? Wanted::name : argument.wanted;
  }
};

// The kind with this name; an Error if there is none.
SourceKind kind_named(std::string_view name);

// Reads the expressions of a source from their jsonb form {"argument": "expression"}; unknown arguments are an Error.
void read_expressions(Source& source, Datum jsonb);

}  // namespace winback::capture
