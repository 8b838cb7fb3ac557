// See parts.hpp.
#include "capture/parts.hpp"

#include <optional>

#include "capture/affected.hpp"
#include "capture/notes.hpp"
#include "capture/rejected.hpp"
#include "pg/identity.hpp"

extern "C" {
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "utils/fmgroids.h"
}

namespace winback::capture {

namespace {

// Whether a relation of a tree is one whose rows count.
bool counts(Oid relation) {
  const char kind = get_rel_relkind(relation);
  return (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) &&
         get_rel_persistence(relation) != RELPERSISTENCE_TEMP;
}

// What a relation is directly a part of; a partition that is being detached concurrently is no part any more.
List* direct_wholes(Oid relation) {
  Relation inherits = table_open(InheritsRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  SysScanDesc scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, nullptr, 1, &key);
  List* wholes = NIL;
  while (HeapTuple tuple = systable_getnext(scan)) {
    const auto* row = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple));
    if (!row->inhdetachpending) wholes = lappend_oid(wholes, row->inhparent);
  }
  systable_endscan(scan);
  table_close(inherits, AccessShareLock);
  return wholes;
}

}  // namespace

bool may_have_parts(Oid relation) {
  return pg::call([&] {
    const char kind = get_rel_relkind(relation);
    const bool gone = kind == '\0';  // for which has_subclass() would fail
    return kind == RELKIND_PARTITIONED_TABLE || (!gone && has_subclass(relation));
  });
}

std::vector<Oid> parts_of(Oid relation) {
  if (!may_have_parts(relation)) return {relation};
  const List* tree = pg::call([&] { return find_all_inheritors(relation, NoLock, nullptr); });
  std::vector<Oid> parts;
  for (int i = 0; i < list_length(tree); ++i) {
    const Oid part = list_nth_oid(tree, i);
    if (part == relation || pg::call([&] { return counts(part); })) parts.push_back(part);
  }
  return parts;
}

Oid foreign_part_of(Oid relation) {
  if (!may_have_parts(relation)) return InvalidOid;
  const List* tree = pg::call([&] { return find_all_inheritors(relation, NoLock, nullptr); });
  for (int i = 0; i < list_length(tree); ++i) {
    const Oid part = list_nth_oid(tree, i);
    if (pg::call([&] { return get_rel_relkind(part); }) == RELKIND_FOREIGN_TABLE) return part;
  }
  return InvalidOid;
}

std::set<Oid> wholes_of(Oid relation) {
  std::set<Oid> wholes = {relation};
  if (!pg::call([&] { return counts(relation); })) return wholes;
  std::vector<Oid> to_do = {relation};
  while (!to_do.empty()) {
    const Oid next = to_do.back();
    to_do.pop_back();
    const List* list = pg::call([&] { return direct_wholes(next); });
    for (int i = 0; i < list_length(list); ++i)
      if (wholes.insert(list_nth_oid(list, i)).second) to_do.push_back(list_nth_oid(list, i));
  }
  return wholes;
}

void read_rows(const Setup& setup, const Source& source, Oid relation, const RowVisitor& visit) {
  if (pg::call([&] { return get_rel_relkind(relation); }) != RELKIND_RELATION) return;
  const pg::AsRole role(source.given_by);
  const pg::PinnedSettings settings(setup.calendar->time_zone(), source.search_path);
  Relation table = pg::call([&] { return table_open(relation, AccessShareLock); });
  RowReader& reader = setup.reader(source, table);
  const pg::OwnContext scratch("winback part", CurrentMemoryContext);
  TupleTableSlot* slot = pg::call([&] { return table_slot_create(table, nullptr); });
  TableScanDesc scan = pg::call([&] {
    // As the newest committed state and this transaction's own changes show them, as in pg/query.cpp.
    CommandCounterIncrement();
    PushActiveSnapshot(GetLatestSnapshot());
    return table_beginscan(table, GetActiveSnapshot(), 0, nullptr);
  });
  const auto next = [&] {
    return pg::call([&] {
      CHECK_FOR_INTERRUPTS();
      return table_scan_getnextslot(scan, ForwardScanDirection, slot);
    });
  };
  while (next()) {
    const pg::InContext in(scratch.get());
    Fact fact;
    std::string reason;
    const Verdict verdict = reader.read(slot, fact, reason, true);
    if (verdict != Verdict::no_fact) visit(reader, slot, verdict, fact, reason);
    scratch.reset();
  }
  pg::call([&] {
    table_endscan(scan);
    PopActiveSnapshot();
    ExecDropSingleTupleTableSlot(slot);
    table_close(table, NoLock);
  });
}

std::int64_t note_rows(const Setup& setup, const Source& source, Oid relation, bool come, bool deleted) {
  std::int64_t rejected = 0;
  const auto note = [&](RowReader& reader, TupleTableSlot* row, Verdict verdict, const Fact& fact,
                        const std::string& reason) {
    if (verdict == Verdict::rejected) {
      const Datum json = reader.as_jsonb(row);
      if (come)
        list_rejected(setup, source.relation, json, reason), ++rejected;
      else
        unlist_rejected(setup, source.relation, json);
      return;
    }
    // Calls that were put away with their table take no evidence with them.
    each_name(source, reader, fact, deleted,
              [](Name name, const NameNote& what) { notes().named(std::move(name), what); });
    if (!tells_client(source)) return;
    notes().afresh(fact.client);
    if (deleted && source.kind == SourceKind::calls)
      notes().tasks(fact.client).evidence.push_back({source.relation, reader.text_of(fact, Meaning::item_id)});
  };
  read_rows(setup, source, relation, note);
  return rejected;
}

}  // namespace winback::capture
