// What a watch_* call is checked for, before anything is made.
#include <algorithm>

#include "capture/check.hpp"
#include "capture/parts.hpp"
#include "pg/attempt.hpp"
#include "pg/catalog.hpp"
#include "pg/entry.hpp"
#include "pg/identity.hpp"
#include "pg/text.hpp"

extern "C" {
#include "access/relation.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/rls.h"
}

namespace winback::capture {

namespace {

// What a relation that cannot be watched is, and what to do instead.
struct Refusal {
  const char* is;
  const char* hint;
};

// Why a relation cannot be watched; nullopt: it can.
std::optional<Refusal> refusal(const Form_pg_class relation) {
  switch (relation->relkind) {
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE:
      break;
    case RELKIND_FOREIGN_TABLE:
      return Refusal{"a foreign table", "Watch the table on the server where it lies, or a local copy of it."};
    case RELKIND_VIEW:
    case RELKIND_MATVIEW:
      return Refusal{"a view", "Watch the tables that the view reads."};
    default:
      return Refusal{"not a table", "Watch an ordinary or a partitioned table."};
  }
  if (relation->relpersistence == RELPERSISTENCE_TEMP)
    return Refusal{"a temporary table", "Watch a table that other sessions see."};
  return std::nullopt;
}

// Whether a role has the rights of a relation's owner.
bool owns(Oid relation, Oid role) {
#if PG_VERSION_NUM >= 160000
  return object_ownercheck(RelationRelationId, relation, role);
#else
  return pg_class_ownercheck(relation, role);
#endif
}

// Refuses relations that cannot be watched, or not by this role.
void check_relation(Relation relation, Oid role) {
  const std::string name = RelationGetRelationName(relation);
  if (const auto refused = refusal(relation->rd_rel))
    throw pg::Error(ERRCODE_WRONG_OBJECT_TYPE, "\"" + name + "\" cannot be watched: it is " + refused->is, {},
                    refused->hint);
  if (const Oid part = foreign_part_of(RelationGetRelid(relation)); OidIsValid(part))
    throw pg::Error(ERRCODE_WRONG_OBJECT_TYPE, "\"" + name + "\" cannot be watched: a part of it is a foreign table",
                    "Nobody hears of what changes in \"" + pg::relation_name(part) + "\".",
                    "Detach it, or watch those of its parts that are ordinary tables.");
  if (RelationGetRelid(relation) < FirstNormalObjectId)
    throw pg::Error(ERRCODE_INSUFFICIENT_PRIVILEGE, "\"" + name + "\" cannot be watched: it is a system catalog", {},
                    "Watch the tables of the application.");
  const bool readable =
      pg::call([&] { return pg_class_aclcheck(RelationGetRelid(relation), role, ACL_SELECT) == ACLCHECK_OK; });
  if (!readable)
    throw pg::Error(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied for table \"" + name + "\"",
                    "The role that watches a table must be allowed to SELECT from the whole of it.",
                    "Watch it as its owner.");
  if (!pg::call([&] { return owns(RelationGetRelid(relation), role); }))
    throw pg::Error(ERRCODE_INSUFFICIENT_PRIVILEGE, "must be owner of table \"" + name + "\"",
                    "The triggers of a watched table fire always, which only its owner can order.",
                    "Watch it as its owner, or as a member of that role.");
  const int policies = pg::call([&] { return check_enable_rls(RelationGetRelid(relation), role, true); });
  if (policies == RLS_ENABLED)
    throw pg::Error(ERRCODE_FEATURE_NOT_SUPPORTED,
                    "\"" + name + "\" cannot be watched by a role that sees only part of its rows",
                    "Row-level security policies of the table apply to this role.",
                    "Watch it as the owner of the table, or as a role with BYPASSRLS.");
}

// The type of the order_id of a source of orders or of lines.
Oid order_id_type(const Source& source, const std::string& time_zone) {
  const pg::AsRole role(source.given_by);
  const pg::PinnedSettings settings(time_zone, source.search_path);
  Relation relation = pg::call([&] { return relation_open(source.relation, AccessShareLock); });
  const Argument argument{"order_id", Meaning::item_id, Wanted::name, true};
  const Expression expression = compile(argument, *source.expression(Meaning::item_id), relation, nullptr);
  pg::call([&] { relation_close(relation, NoLock); });
  return expression.type;
}

// Refuses lines whose order_id is not of the type that their orders have, nor implicitly cast to it.
void check_lines_fit(const Source& lines, const Source& orders, const std::string& time_zone) {
  const Oid type = order_id_type(lines, time_zone);
  const Oid wanted = order_id_type(orders, time_zone);
  if (casts_implicitly(type, wanted)) return;
  const auto name = [](Oid of) { return std::string(pg::call([&] { return format_type_be(of); })); };
  throw pg::Error(ERRCODE_DATATYPE_MISMATCH,
                  "argument \"order_id\" (" + *lines.expression(Meaning::item_id) + ") of table \"" +
                      pg::relation_name(lines.relation) + "\" yields type " + name(type),
                  "It must yield the type of the order_id of table \"" + pg::relation_name(orders.relation) + "\", " +
                      name(wanted) + ", or one that is cast to it implicitly.",
                  "Cast it within the expression.");
}

// Holds a source against those that its rows are lines of, or that are lines of its rows.
void check_lines(const Setup& known, const Source& source, const std::string& time_zone) {
  for (const Source& other : known.sources) {
    if (source.kind == SourceKind::lines && other.kind == SourceKind::orders && other.relation == source.orders &&
        other.expression(Meaning::item_id))
      check_lines_fit(source, other, time_zone);
    if (source.kind == SourceKind::orders && other.kind == SourceKind::lines && other.orders == source.relation &&
        source.expression(Meaning::item_id))
      check_lines_fit(other, source, time_zone);
  }
}

// Compiles every expression that a source has against its table, as its role would; returns the type of the client's.
Oid check_expressions(const Source& source, Relation relation, const std::string& time_zone, const pg::KeyType* key) {
  Oid client_type = InvalidOid;
  const pg::AsRole role(source.given_by);
  const pg::PinnedSettings settings(time_zone, source.search_path);
  for (Argument argument : arguments_of(source.kind)) {
    argument.wanted = source.wanted(argument);
    const auto& text = source.expression(argument.meaning);
    if (!text) {
      if (argument.required)
        throw pg::Error(ERRCODE_NULL_VALUE_NOT_ALLOWED,
                        "argument \"" + std::string(argument.name) + "\" must not be null", {},
                        "Give a column of the table, or an expression over its columns.");
      continue;
    }
    const Expression expression = compile(argument, *text, relation, key);
    if (argument.meaning == Meaning::client && !source.by_alias) client_type = expression.type;
  }
  return client_type;
}

}  // namespace

void check_expressions(const Setup& setup, const Source& source, Relation relation) {
  (void)check_expressions(source, relation, setup.calendar->time_zone(), &setup.key);
}

}  // namespace winback::capture

using namespace winback;
using namespace winback::capture;

// _check_source(kind text, source regclass, expressions jsonb, search_path text, timezone text, by_alias boolean,
// orders oid): checks the relation and every expression; returns the type of the client expression, 0 where there is
// none, or it yields an alias.
WINBACK_FUNCTION(winback_check_source) {
  Source source;
  source.kind = kind_named(pg::text_argument(fcinfo, 0));
  source.relation = PG_GETARG_OID(1);
  source.given_by = GetUserId();
  source.search_path = pg::text_argument(fcinfo, 3);
  source.by_alias = PG_GETARG_BOOL(5);
  source.orders = PG_GETARG_OID(6);
  read_expressions(source, PG_GETARG_DATUM(2));
  const std::string time_zone = pg::text_argument(fcinfo, 4);

  Relation relation = pg::call([&] { return relation_open(source.relation, AccessShareLock); });
  check_relation(relation, source.given_by);
  const auto known = setup();
  const Oid client_type = check_expressions(source, relation, time_zone, known ? &known->key : nullptr);
  if (known) check_lines(*known, source, time_zone);
  pg::call([&] { relation_close(relation, NoLock); });
  return ObjectIdGetDatum(client_type);
}

// _misfit(source_id int, relation regclass): why a table cannot take the place of a detached one; null: it can.
WINBACK_FUNCTION(winback_misfit) {
  const auto setup = need_setup();
  const auto known = std::ranges::find(setup->detached, PG_GETARG_INT32(0), &Source::id);
  if (known == setup->detached.end()) return pg::text_datum("no such watch is detached");
  const Oid place = PG_GETARG_OID(1);
  pg::Failure failure;
  const bool fits = pg::attempt(failure, [&] {
    Relation relation = pg::call([&] { return relation_open(place, AccessShareLock); });
    Source there = *known;
    there.relation = place;
    if (!OidIsValid(there.given_by)) there.given_by = relation->rd_rel->relowner;  // that role is gone
    check_relation(relation, there.given_by);
    check_expressions(*setup, there, relation);
    pg::call([&] { relation_close(relation, NoLock); });
  });
  if (fits) PG_RETURN_NULL();
  return pg::text_datum(failure.message);
}

// _expression_index(source regclass, expression text, search_path text): the index whose leading column is this
// expression, or null.
WINBACK_FUNCTION(winback_expression_index) {
  const std::string expression = pg::text_argument(fcinfo, 1);
  const std::string search_path = pg::text_argument(fcinfo, 2);
  const pg::PinnedSettings settings("UTC", search_path);
  Relation relation = pg::call([&] { return relation_open(PG_GETARG_OID(0), AccessShareLock); });
  const Oid index = index_leading_with(expression, relation);
  pg::call([&] { relation_close(relation, NoLock); });
  if (!OidIsValid(index)) PG_RETURN_NULL();
  return ObjectIdGetDatum(index);
}

// _announce_setup(): every session reads the ledger's settings again.
WINBACK_FUNCTION(winback_announce_setup) {
  announce_changed_setup();
  PG_RETURN_VOID();
}

// _check_key_type(type regtype): an error if the type cannot be a client key.
WINBACK_FUNCTION(winback_check_key_type) {
  const pg::OwnContext scratch("winback key type", CurrentMemoryContext);
  const pg::KeyType key(PG_GETARG_OID(0), scratch.get());
  PG_RETURN_VOID();
}

// _key_equals(type regtype): the operator that compares two keys of the type, as SQL.
WINBACK_FUNCTION(winback_key_equals) {
  const pg::OwnContext scratch("winback key type", CurrentMemoryContext);
  const pg::KeyType key(PG_GETARG_OID(0), scratch.get());
  return pg::text_datum(key.equals());
}

// _version(): the version of the ledger that this library writes.
WINBACK_FUNCTION(winback_version) {
  return pg::text_datum(kLedgerVersion);
}
