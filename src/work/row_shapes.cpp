// See row_shapes.hpp.
#include "work/row_shapes.hpp"

#include <algorithm>

#include "capture/rejected.hpp"
#include "pg/text.hpp"
#include "work/command.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/syscache.h"
}

namespace winback::work {

namespace {

using capture::Setup;
using capture::Source;

// Whether a statement changes what values of a type look like: the names of an enum's labels or of attributes.
bool changes_within_type(const Node* statement) {
  if (IsA(statement, AlterEnumStmt)) return reinterpret_cast<const AlterEnumStmt*>(statement)->oldVal != nullptr;
  if (IsA(statement, RenameStmt))
    return reinterpret_cast<const RenameStmt*>(statement)->renameType == OBJECT_ATTRIBUTE;
  return IsA(statement, AlterTableStmt) && reinterpret_cast<const AlterTableStmt*>(statement)->objtype == OBJECT_TYPE;
}

// Whether a statement may change the columns of a table; a DROP may by its CASCADE.
bool may_change_columns(const Node* statement) {
  return IsA(statement, AlterTableStmt) || IsA(statement, RenameStmt) || IsA(statement, DropStmt) ||
         IsA(statement, DropOwnedStmt);
}

// The columns that a table has.
std::vector<ShapeColumn> columns_of(Relation table) {
  std::vector<ShapeColumn> columns;
  const TupleDesc all = RelationGetDescr(table);
  for (int i = 0; i < all->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(all, i);
    if (column->attisdropped)
      columns.push_back({});
    else
      columns.push_back({NameStr(column->attname), column->atttypid, column->atttypmod});
  }
  return columns;
}

// Whether the rows of a table may have a value in a column that has just come: what is null needs none of these.
bool comes_with_value(Oid relation, AttrNumber number) {
  return pg::call([&] {
    HeapTuple found = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(number));
    if (!HeapTupleIsValid(found)) return true;
    const auto column = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(found));
    const bool has = column->atthasdef || column->atthasmissing || column->attidentity || column->attgenerated ||
                     get_typtype(column->atttypid) == TYPTYPE_DOMAIN;
    ReleaseSysCache(found);
    return has;
  });
}

// Whether what a column shows has changed, beyond its name.
bool values_change(const RowShape& before, const std::vector<ShapeColumn>& now) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].name.empty()) continue;
    if (i >= before.columns.size() ? comes_with_value(before.relation, static_cast<AttrNumber>(i + 1))
                                   : now[i].type != before.columns[i].type ||
                                         now[i].modifier != before.columns[i].modifier)
      return true;
  }
  return false;
}

// Whether a column is of a type that somebody has made.
bool has_made_type(const std::vector<ShapeColumn>& columns) {
  return std::ranges::any_of(columns, [](const ShapeColumn& column) { return column.type >= FirstNormalObjectId; });
}

// Strings as text[].
Datum text_array(const std::vector<std::string>& strings) {
  std::vector<Datum> texts;
  for (const std::string& string : strings) texts.push_back(pg::text_datum(string));
  return pg::call([&] {
    return PointerGetDatum(
        construct_array(texts.data(), static_cast<int>(texts.size()), TEXTOID, -1, false, TYPALIGN_INT));
  });
}

// Writes the listed rows of a table as they look with these columns; false where one is listed as no object.
bool rewrite_list(const RowShape& before, const std::vector<ShapeColumn>& now) {
  std::vector<std::string> was, is;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].name.empty()) continue;
    is.push_back(now[i].name);
    was.push_back(i < before.columns.size() ? before.columns[i].name : "");
  }
  bool all = true;
  run("SELECT FROM winback.rejected WHERE source = $1 AND jsonb_typeof(row) <> 'object' LIMIT 1", {OIDOID},
      {ObjectIdGetDatum(before.relation)}, [&](HeapTuple, TupleDesc) { all = false; });
  if (!all) return false;
  run("UPDATE winback.rejected r SET row = (SELECT coalesce(jsonb_object_agg(c.now, coalesce(r.row -> c.was, 'null')),"
      " '{}') FROM unnest($2, $3) c (was, now)) WHERE r.source = $1",
      {OIDOID, TEXTARRAYOID, TEXTARRAYOID},
      {ObjectIdGetDatum(before.relation), text_array(was), text_array(is)});
  return true;
}

}  // namespace

std::vector<RowShape> row_shapes(const Setup& setup, const Node* statement) {
  std::vector<RowShape> shapes;
  const bool within_type = changes_within_type(statement);
  if (!within_type && !may_change_columns(statement)) return shapes;
  for (const Source& source : setup.sources) {
    if (std::ranges::find(shapes, source.relation, &RowShape::relation) != shapes.end()) continue;
    const Look table(source.relation);
    if (!table) continue;
    auto columns = columns_of(table);
    if (!within_type || has_made_type(columns)) shapes.push_back({source.relation, std::move(columns)});
  }
  return shapes;
}

void follow_shapes(const std::vector<RowShape>& all, const Node* statement) {
  if (all.empty()) return;
  const auto setup = capture::need_setup();
  const bool within_type = changes_within_type(statement);
  for (const RowShape& before : all) {
    const Look table(before.relation);
    if (!table) continue;
    const auto now = columns_of(table);
    if (!within_type && now == before.columns) continue;
    if (!capture::has_rejected(*setup, before.relation)) continue;
    if (within_type || values_change(before, now) || !rewrite_list(before, now))
      (void)list_again(*setup, before.relation);
  }
}

}  // namespace winback::work
