// See rows.hpp.
#include "ledger/rows.hpp"

#include <map>

#include "capture/parts.hpp"
#include "pg/catalog.hpp"
#include "pg/identity.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "optimizer/plancat.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/acl.h"
#include "utils/rls.h"
#include "utils/ruleutils.h"
}

namespace winback::ledger {

using capture::Meaning;

namespace {

// The tables that inherit from this one but are no parts of it: temporary ones, for nobody else sees their rows.
std::string temporary_children(Oid relation) {
  const List* tree = pg::call([&] { return find_all_inheritors(relation, NoLock, nullptr); });
  std::string oids;
  for (int i = 0; i < list_length(tree); ++i) {
    const Oid child = list_nth_oid(tree, i);
    if (pg::call([&] { return get_rel_persistence(child) == RELPERSISTENCE_TEMP; }))
      oids += (oids.empty() ? "" : ",") + std::to_string(child);
  }
  return oids;
}

// The query for all rows of a table and its parts, each as one value. No alias, and a star with a cast: an expression
// may name the table, and a column may have whatever name there is.
std::string all_rows(Oid relation) {
  const std::string qualified = pg::qualified_name(relation);
  const std::string table = pg::relation_name(relation);
  const std::string quoted = pg::call([&] { return quote_identifier(table.c_str()); });
  const std::string query = "SELECT " + quoted + ".*::" + qualified + " FROM " + qualified + " WHERE true";
  const std::string others = capture::may_have_parts(relation) ? temporary_children(relation) : std::string();
  return query + (others.empty() ? others : " AND tableoid OPERATOR(pg_catalog.<>) ALL ('{" + others + "}'::oid[])");
}

// Whether the current role may see every row of a table, so that it need not be asked for each.
bool may_scan(Oid relation) {
  return pg::call([&] {
    return pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) == ACLCHECK_OK &&
           check_enable_rls(relation, InvalidOid, true) == RLS_NONE;
  });
}

// How rows are searched by one of a source's expressions.
struct Search {
  std::unique_ptr<pg::Query> query;
  std::optional<bool> possible;  // else read all and pick
};
// How a source is read; kept as long as the setup that it belongs to.
struct Access {
  const capture::RowReader* reader = nullptr;  // of the table as it was when the rest was found out
  std::unique_ptr<pg::Query> all;
  std::map<Meaning, Search> searches;
};
struct Plans {
  std::shared_ptr<const capture::Setup> setup;
  std::map<int, Access> by_source;
};

// The access to a source, prepared once a session while the setup lasts and the table does not change.
Access& access_to(const std::shared_ptr<const capture::Setup>& setup, const capture::Source& source,
                  const capture::RowReader& reader) {
  static auto* const plans = new Plans;
  if (plans->setup != setup) {
    plans->by_source.clear();
    plans->setup = setup;
  }
  Access& access = plans->by_source[source.id];
  if (access.reader != &reader) access = {&reader, nullptr, {}};
  return access;
}

// Whether rows may be searched by an expression. One bad row elsewhere in the table must not keep a client from being
// read: so where the expression can fail, only if an index on it shows that it does not. An index of a table says
// nothing of those that inherit from it; that of a partitioned table does.
bool is_searchable(const capture::Source& source, const capture::RowReader& reader, Meaning meaning,
                   Relation relation) {
  if (!reader.may_fail(meaning)) return true;
  const bool inherited = relation->rd_rel->relkind == RELKIND_RELATION && relation->rd_rel->relhassubclass;
  return !inherited &&
         OidIsValid(capture::index_leading_with(*source.expression(meaning), relation));
}

}  // namespace

bool lock_to_read(Oid relation, Patience& patience) {
  for (const Oid part : capture::parts_of(relation))
    while (!pg::call([&] { return locked_by_us(part) || ConditionalLockRelationOid(part, AccessShareLock); }))
      if (!patience()) return false;
  return true;
}

std::optional<double> about_rows(Oid relation) {
  return pg::call([&]() -> std::optional<double> {
    if (!locked_by_us(relation) && !ConditionalLockRelationOid(relation, AccessShareLock)) return std::nullopt;
    double rows = 0;
    Relation table = try_relation_open(relation, NoLock);
    if (!table) return rows;
    if (RELKIND_HAS_TABLE_AM(table->rd_rel->relkind)) {
      BlockNumber pages;
      double all_visible;
      estimate_rel_size(table, nullptr, &pages, &rows, &all_visible);
    }
    relation_close(table, NoLock);
    return rows;
  });
}

Rows::Rows(std::shared_ptr<const capture::Setup> setup, Patience& patience)
    : setup_(std::move(setup)), patience_(patience) {}

void Rows::all(const capture::Source& source, const Visitor& visit) { read(source, nullptr, visit); }

void Rows::of_key(const capture::Source& source, Datum key, const Visitor& visit) {
  const Sought sought{Meaning::client, key, {}};
  read(source, &sought, visit);
}

void Rows::of_name(const capture::Source& source, Meaning meaning, const std::string& name, const Visitor& visit) {
  const Sought sought{meaning, std::nullopt, name};
  read(source, &sought, visit);
}

// Reads one source: what is sought, or all.
void Rows::read(const capture::Source& source, const Sought* sought, const Visitor& visit) {
  // A part may have been attached, or let go, without a lock that would have kept this transaction waiting for it.
  pg::call([] { AcceptInvalidationMessages(); });
  if (!patience_.left())
    pg::call([&] { LockRelationOid(source.relation, AccessShareLock); });
  else if (!lock_to_read(source.relation, patience_))
    throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another session has locked table " + source.name);
  // Asked under the lock, for whoever held it may have dropped the table. A table that is dropped is detached; not so
  // where event triggers did not fire, or as long as this session's setup is from before.
  if (!pg::exists(source.relation)) {
    if (passes_over_dropped_) return;
    throw pg::Error(ERRCODE_UNDEFINED_TABLE, "the watched table " + source.name + " is gone",
                    "Until it is unwatched, clients stay as they were.",
                    "Run SELECT winback.unwatch(" + std::to_string(source.relation) + "); its facts go with it.");
  }
  const pg::AsRole role(source.given_by);
  const pg::PinnedSettings settings(setup_->calendar->time_zone(), source.search_path);
  // For whatever else there is to lock, an index that is being rebuilt for example.
  if (patience_.left()) settings.pin("lock_timeout", std::to_string(*patience_.left()).c_str());
  Relation relation = pg::call([&] { return table_open(source.relation, AccessShareLock); });
  capture::RowReader& reader = setup_->reader(source, relation);
  Access& access = access_to(setup_, source, reader);
  Search* search = sought ? &access.searches[sought->meaning] : nullptr;
  if (search && !search->possible) search->possible = is_searchable(source, reader, sought->meaning, relation);
  pg::call([&] { table_close(relation, NoLock); });
  if (search && *search->possible) {
    std::optional<Datum> value = sought->key ? sought->key : reader.from_name(sought->name, sought->meaning);
    if (!value) return;
    if (!search->query) {
      const Oid type = sought->key ? setup_->key.oid() : reader.type_of(sought->meaning);
      const std::string equals = sought->key ? setup_->key.equals() : pg::equality_of(type);
      const std::string where = " AND (" + *source.expression(sought->meaning) + "\n) " + equals + " $1";
      search->query = std::make_unique<pg::Query>(all_rows(source.relation) + where, std::vector<Oid>{type});
    }
    return run(source, reader, *search->query, {*value}, {sought, true}, visit);
  }
  if (!sought && may_scan(source.relation)) return scan(source, visit);
  if (!access.all) access.all = std::make_unique<pg::Query>(all_rows(source.relation), std::vector<Oid>{});
  run(source, reader, *access.all, {}, {sought, false}, visit);
}

// Whether a row is what is sought: a key that equals it by the column's collation need not by the ledger's, and a value
// that equals a name need not be written like it.
bool Rows::is_sought(const Sought& sought, const capture::RowReader& reader, const capture::Fact& fact) const {
  return sought.key ? setup_->key.equal(fact.client, *sought.key)
                    : reader.name_of(fact, sought.meaning) == sought.name;
}

// Runs a query and visits those of its rows that say something and are sought.
void Rows::run(const capture::Source& source, capture::RowReader& reader, const pg::Query& query,
               const std::vector<Datum>& arguments, Seeking seeking, const Visitor& visit) {
  query.read(arguments, [&](HeapTuple row, TupleDesc description) {
    const Datum composite = pg::call([&] {
      bool null;
      return SPI_getbinval(row, description, 1, &null);
    });
    capture::Fact fact;
    std::string reason;
    const capture::Verdict verdict = reader.read(composite, fact, reason, true);
    tell(source, reader, verdict, fact, reason, seeking, visit);
    return true;
  }, snapshot_);
}

// Visits all rows of a table and its parts without a query, which would make a composite value of each.
void Rows::scan(const capture::Source& source, const Visitor& visit) {
  for (const Oid part : capture::parts_of(source.relation)) {
    if (pg::call([&] { return get_rel_relkind(part); }) != RELKIND_RELATION) continue;
    // A table that inherits may be dropped while the one that it inherits from is locked.
    Relation table = pg::call([&] { return try_table_open(part, AccessShareLock); });
    if (!table) continue;
    capture::RowReader& reader = setup_->reader(source, table);
    TupleTableSlot* slot = pg::call([&] { return table_slot_create(table, nullptr); });
    TableScanDesc scan = pg::call([&] {
      CommandCounterIncrement();  // the snapshot is as in pg/query.cpp
      PushActiveSnapshot(snapshot_ ? snapshot_ : GetLatestSnapshot());
      return table_beginscan_strat(table, GetActiveSnapshot(), 0, nullptr, true, false);
    });
    const auto next = [&] {
      return pg::call([&] {
        CHECK_FOR_INTERRUPTS();
        return table_scan_getnextslot(scan, ForwardScanDirection, slot);
      });
    };
    while (next()) {
      capture::Fact fact;
      std::string reason;
      const capture::Verdict verdict = reader.read(slot, fact, reason, true);
      tell(source, reader, verdict, fact, reason, {nullptr, false}, visit);
    }
    pg::call([&] {
      table_endscan(scan);
      PopActiveSnapshot();
      ExecDropSingleTupleTableSlot(slot);
      table_close(table, NoLock);
    });
  }
}

// Tells of a row that was read. Of one that cannot be a fact nobody knows whether it is sought, unless the query has
// found it so.
void Rows::tell(const capture::Source& source, capture::RowReader& reader, capture::Verdict verdict,
                const capture::Fact& fact, const std::string& reason, const Seeking& seeking,
                const Visitor& visit) const {
  if (progress_ && !seeking.sought) progress_->step();
  if (verdict == capture::Verdict::fact && (!seeking.sought || is_sought(*seeking.sought, reader, fact)))
    visit(source, reader, fact);
  if (verdict == capture::Verdict::rejected && rejected_ && (!seeking.sought || seeking.found))
    rejected_(source, reader.last_as_jsonb(), reason);
  if (verdict != capture::Verdict::fact && other_) other_(source, reader);
}

}  // namespace winback::ledger
