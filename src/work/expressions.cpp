// See expressions.hpp.
#include "work/expressions.hpp"

#include <algorithm>
#include <set>

#include "capture/check.hpp"
#include "capture/parts.hpp"
#include "pg/catalog.hpp"
#include "pg/text.hpp"
#include "work/command.hpp"

namespace winback::work {

namespace {

using capture::Setup;
using capture::Source;

// How a user knows an argument of a watch.
std::string described(const Source& source, const capture::Argument& argument) {
  constexpr const char* kWatches[] = {"watch_orders", "watch_calls", "watch_clients",
                                      "watch_events", "watch_aliases", "watch_order_lines"};
  return "Argument \"" + std::string(argument.name) + "\" of winback." +
         kWatches[static_cast<std::size_t>(source.kind)] + " is: " + *source.expression(argument.meaning);
}

// Refuses a command for the sake of a watch.
[[noreturn]] void refuse(const Source& source, const std::string& what, const std::string& detail) {
  throw pg::Error(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST, what, detail,
                  "Run SELECT winback.unwatch('" + pg::qualified_name(source.relation) +
                      "') first, and watch the table again with expressions that fit.");
}

// Visits the expressions of a source, with its role and settings in force.
template <class Visit>
void each_expression(const Setup& setup, const Source& source, Visit visit) {
  const pg::AsRole role(source.given_by);
  const pg::PinnedSettings settings(setup.calendar->time_zone(), source.search_path);
  for (const capture::Argument& argument : capture::arguments_of(source.kind))
    if (source.expression(argument.meaning)) visit(argument, *source.expression(argument.meaning));
}

// What an expression means now; null where it cannot be read.
Node* meaning_now(const std::string& text, Relation relation) {
  Node* meaning = nullptr;
  pg::Failure failure;
  const bool read = pg::attempt(failure, [&] {
    const pg::InContext in(command_memory());
    meaning = capture::meaning_of(text, relation);
  });
  return read ? meaning : nullptr;
}

// Whether a statement may give another name to something in an expression.
bool renames(const Node* statement) {
  return IsA(statement, RenameStmt) || IsA(statement, AlterObjectSchemaStmt) || IsA(statement, AlterEnumStmt);
}

// Whether a statement may drop something in an expression that is no column.
bool may_drop_part_of_expression(const Node* statement) {
  if (IsA(statement, DropOwnedStmt)) return true;
  if (!IsA(statement, DropStmt)) return false;
  return reinterpret_cast<const DropStmt*>(statement)->removeType != OBJECT_TABLE;
}

}  // namespace

std::vector<Meant> meanings(const Setup& setup, const Node* statement) {
  std::vector<Meant> meant;
  if (!renames(statement) && !may_drop_part_of_expression(statement)) return meant;
  for (const Source& source : setup.sources) {
    const Look table(source.relation);
    if (!table) continue;
    each_expression(setup, source, [&](const capture::Argument& argument, const std::string& text) {
      if (Node* meaning = meaning_now(text, table)) meant.push_back({source.id, &argument, meaning});
    });
  }
  return meant;
}

void follow_meanings(const Setup& setup, const std::vector<Meant>& all, const Node* statement) {
  bool changed = false;
  for (const Meant& meant : all) {
    const auto source = std::ranges::find(setup.sources, meant.source, &Source::id);
    if (source == setup.sources.end()) continue;
    const Look table(source->relation);
    if (!table) continue;
    const std::string& text = *source->expression(meant.argument->meaning);
    std::string spelling;
    {
      const pg::AsRole role(source->given_by);
      const pg::PinnedSettings settings(setup.calendar->time_zone(), source->search_path);
      Node* const meaning = meaning_now(text, table);
      if (meaning && pg::call([&] { return equal(meaning, meant.meaning); })) continue;
      if (!renames(statement))
        refuse(*source, "cannot drop what winback needs to watch table " + pg::qualified_name(source->relation),
               described(*source, *meant.argument));
      spelling = capture::spelling_of(meant.meaning, table);
    }
    run("UPDATE winback.source SET expressions = jsonb_set(expressions, ARRAY[$2], to_jsonb($3)) WHERE source_id = $1",
        {INT4OID, TEXTOID, TEXTOID},
        {Int32GetDatum(source->id), pg::text_datum(std::string(meant.argument->name)), pg::text_datum(spelling)});
    changed = true;
  }
  if (!renames(statement)) return;
  run("UPDATE winback.source s SET name = format('%I.%I', n.nspname, c.relname)"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.oid = s.relation AND NOT s.detached AND s.name <> format('%I.%I', n.nspname, c.relname)");
  if (changed || !all.empty()) capture::announce_changed_setup();
}

void look_at_column(const Setup& setup, Oid relation, AttrNumber column) {
  for (const Source& source : setup.sources) {
    if (source.relation != relation) continue;
    const Look table(relation);
    if (!table) continue;
    each_expression(setup, source, [&](const capture::Argument& argument, const std::string& text) {
      Node* const meaning = meaning_now(text, table);
      if (!meaning || !capture::uses_column(meaning, column)) return;
      const char* name = pg::call([&] { return get_attname(relation, column, true); });
      refuse(source, "cannot drop column \"" + std::string(name ? name : "") + "\" of table " + pg::qualified_name(relation) +
                         " because winback watches it", described(source, argument));
    });
  }
}

void follow_types(const Setup& setup, Oid table, const std::vector<std::string>& columns) {
  std::set<Oid> used;
  for (const Source& source : setup.sources) {
    if (!capture::wholes_of(source.relation).contains(table)) continue;
    const Look relation(source.relation);
    if (!relation) continue;
    pg::Failure failure;
    if (!pg::attempt(failure, [&] { capture::check_expressions(setup, source, relation); }))
      refuse(source, "cannot change the type of a column of table " + pg::qualified_name(source.relation) +
                         " because winback watches it", failure.message);
    each_expression(setup, source, [&](const capture::Argument&, const std::string& text) {
      Node* const meaning = meaning_now(text, relation);
      for (const std::string& name : columns) {
        const AttrNumber column = pg::call([&] { return get_attnum(source.relation, name.c_str()); });
        if (meaning && column != InvalidAttrNumber && capture::uses_column(meaning, column))
          used.insert(source.relation);
      }
    });
  }
  // With readers of the new types.
  for (const Oid relation : used) safely([&] { read_again(*capture::need_setup(), relation); });
}

}  // namespace winback::work
