// verify(): the ledger against a fresh computation from the watched tables. All is read under one snapshot, in which
// facts and ledger agree because they were committed together; so nobody is kept waiting for it. The snapshot is taken
// once everything is locked: rows that a TRUNCATE takes away are missing in older snapshots too.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "capture/parts.hpp"
#include "clock/now.hpp"
#include "pg/entry.hpp"
#include "pg/identity.hpp"
#include "pg/keyed_scan.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"
#include "work/commit.hpp"
#include "work/named.hpp"
#include "work/pass.hpp"

extern "C" {
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/datum.h"
}

using namespace winback;

namespace {

// Columns of winback.client that facts alone do not tell: what the clock has done so far, and when it was recorded.
bool is_progress(const std::string& column) {
  return column == "recorded_status" || column == "due_at" || column == "recorded_at";
}

// A value as text; "null" is said by an unset Text.
ledger::Text as_text(const pg::Values& row, int column, Oid type) {
  if (row.nulls[column]) return std::nullopt;
  return std::string(pg::call([&] {
    Oid output;
    bool varlena;
    getTypeOutputInfo(type, &output, &varlena);
    return OidOutputFunctionCall(output, row.values[column]);
  }));
}

// Compares stored rows with computed ones, client by client in the order of their keys, and reports each column that
// differs.
class Comparison {
 public:
  Comparison(const work::Settler& settler, const pg::ResultRows& rows, Snapshot snapshot)
      : setup_(settler.setup()),
        columns_(settler.columns()),
        rows_(rows),
        stored_(setup_.tables.client, setup_.tables.client_key, setup_.key, snapshot),
        changes_(setup_.tables.status_change, setup_.tables.status_change_client, setup_.key, snapshot),
        tasks_(setup_.tables.task, setup_.tables.task_client, setup_.key, snapshot),
        task_status_(pg::Table(setup_.tables.task).column("status")) {
    description_ = pg::call([&] {
      Relation relation = table_open(setup_.tables.client, AccessShareLock);
      TupleDesc copy = CreateTupleDescCopy(RelationGetDescr(relation));
      table_close(relation, NoLock);
      return copy;
    });
  }

  void compare(Datum client, ledger::Dossier& dossier) {
    std::optional<pg::Values> stored;
    stored_.rows_of(client, [&](const pg::Values& row, ItemPointerData) { stored = row; });
    const std::optional<pg::Values> expected = row_of(client, dossier);
    if (!stored && !expected) return;
    if (!stored || !expected) {
      report(client, "client_id", stored ? ledger::Text(setup_.key.to_text(client)) : std::nullopt,
             expected ? ledger::Text(setup_.key.to_text(client)) : std::nullopt);
      return;
    }
    for (int i = 0; i < description_->natts; ++i) {
      const Form_pg_attribute attribute = TupleDescAttr(description_, i);
      if (attribute->attisdropped || is_progress(NameStr(attribute->attname))) continue;
      // The key is equal; how its rows write it (1.0, 1.00) may differ from row to row.
      if (std::string_view(NameStr(attribute->attname)) == "client_id" || same(*stored, *expected, i)) continue;
      const ledger::Text was = as_text(*stored, i, attribute->atttypid);
      const ledger::Text should_be = as_text(*expected, i, attribute->atttypid);
      if (was != should_be) report(client, NameStr(attribute->attname), was, should_be);
    }
  }

 private:
  // The row as it should be; nullopt: there should be none.
  std::optional<pg::Values> row_of(Datum client, ledger::Dossier& dossier) {
    bool known = !dossier.empty();
    int open_tasks = 0;
    changes_.rows_of(client, [&](const pg::Values&, ItemPointerData) { known = true; });
    tasks_.rows_of(client, [&](const pg::Values& task, ItemPointerData) {
      known = true;
      open_tasks += pg::text_string(task.values[task_status_]) == "open";
    });
    if (!known) return std::nullopt;
    ledger::ClientRow row = dossier.row();
    row.open_tasks = open_tasks;
    return columns_.write(row);
  }

  // Whether a column is the same to the bit, as most are: that is found sooner than its texts are made.
  bool same(const pg::Values& a, const pg::Values& b, int column) const {
    if (a.nulls[column] || b.nulls[column]) return a.nulls[column] == b.nulls[column];
    const Form_pg_attribute attribute = TupleDescAttr(description_, column);
    return pg::call([&] {
      return datum_image_eq(a.values[column], b.values[column], attribute->attbyval, attribute->attlen);
    });
  }

  void report(Datum client, const std::string& column, const ledger::Text& stored, const ledger::Text& expected) {
    pg::Values row = rows_.row();
    row.set(0, pg::text_datum(setup_.key.to_text(client)));
    row.set(1, pg::text_datum(column));
    if (stored) row.set(2, pg::text_datum(*stored));
    if (expected) row.set(3, pg::text_datum(*expected));
    rows_.put(row);
  }

  const capture::Setup& setup_;
  const ledger::ClientColumns& columns_;
  const pg::ResultRows& rows_;
  pg::KeyedScan stored_, changes_, tasks_;  // what the ledger has
  int task_status_;                         // number of that column
  TupleDesc description_;
};

// The clients marked stale, in the order of their keys, those included who have a marked name, or into whom one was
// merged; nullopt: everybody is. A mark may write a key in another way than the client's row does (1.0, 1.00).
std::optional<std::vector<Datum>> stale_clients(const capture::Setup& setup, ledger::FactReader& facts,
                                                Snapshot snapshot) {
  std::optional<std::vector<Datum>> stale(std::in_place);
  std::vector<capture::Name> names;
  const MemoryContext context = CurrentMemoryContext;
  {
    const pg::AsOwner owner(setup.owner);
    pg::Query("SELECT client_id, coalesce(order_table::oid, 0), name FROM winback.stale", {})
        .read({}, [&](HeapTuple row, TupleDesc description) {
          bool no_client, never;
          const Datum client = pg::call([&] { return SPI_getbinval(row, description, 1, &no_client); });
          const Datum space = pg::call([&] { return SPI_getbinval(row, description, 2, &never); });
          std::string name = pg::text_of(row, description, 3);
          if (!name.empty())
            names.push_back({DatumGetObjectId(space), std::move(name)});
          else if (no_client)
            stale.reset();
          else if (stale)
            for (const Datum key : {client, setup.merges.present(client)})
              stale->push_back(setup.key.copy(key, context));
          return true;
        }, snapshot);
  }
  for (const capture::Name& name : names)
    for (const Datum client : work::clients_of(facts, name))
      if (stale) stale->push_back(setup.key.copy(client, context));
  if (stale) setup.key.sort_unique(*stale);
  return stale;
}

// Locks the ledger and the watched tables to be read, and returns the setup as it is then.
std::shared_ptr<const capture::Setup> lock_to_compare() {
  for (auto setup = capture::need_setup();;) {
    pg::call([&] {
      LockRelationOid(setup->tables.client, AccessShareLock);
      LockRelationOid(setup->tables.status_change, AccessShareLock);
      LockRelationOid(setup->tables.task, AccessShareLock);
      for (const capture::Source& source : setup->sources) {
        LockRelationOid(source.relation, AccessShareLock);
        // Dropped while its lock was waited for, it has none; the setup is another one then.
        if (capture::may_have_parts(source.relation))
          find_all_inheritors(source.relation, AccessShareLock, nullptr);
      }
    });
    auto now = capture::need_setup();
    if (now == setup) return setup;
    setup = std::move(now);
  }
}

}  // namespace

WINBACK_FUNCTION(winback_verify) {
  const pg::ResultRows rows(fcinfo);
  work::apply_notes();
  const auto setup = lock_to_compare();
  const pg::Spi spi;
  Snapshot snapshot = pg::call([] {
    CommandCounterIncrement();
    return RegisterSnapshot(GetLatestSnapshot());
  });
  ledger::Patience patience = ledger::Patience::endless();
  work::Settler settler(setup, clock::now(), work::Occasion::sweep, patience);
  settler.facts().fix(snapshot);
  const auto stale = stale_clients(*setup, settler.facts(), snapshot);
  if (stale) {
    pg::Progress progress(pg::Work::verify, setup->tables.client, true);
    Comparison comparison(settler, rows, snapshot);
    work::each_dossier(settler, progress, pg::Phase::comparing, [&](Datum client, ledger::Dossier& dossier) {
      if (std::ranges::binary_search(*stale, client, [&](Datum a, Datum b) { return setup->key.compare(a, b) < 0; }))
        return;
      comparison.compare(client, dossier);
    });
  }
  pg::call([&] { UnregisterSnapshot(snapshot); });
  PG_RETURN_NULL();
}
