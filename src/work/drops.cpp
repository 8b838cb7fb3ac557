// See drops.hpp.
#include "work/drops.hpp"

#include <algorithm>
#include <list>
#include <set>

#include "capture/affected.hpp"
#include "capture/frozen.hpp"
#include "capture/notes.hpp"
#include "capture/parts.hpp"
#include "capture/rejected.hpp"
#include "pg/catalog.hpp"
#include "work/command.hpp"
#include "work/evidence.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/datum.h"
}

namespace winback::work {

namespace {

using capture::Setup;
using capture::Source;

// The clients of a relation that is being dropped, for one source.
struct Dropped {
  std::shared_ptr<const Setup> setup;  // whose keys these are
  int source;
  Oid relation;
  int level;   // of the savepoint within which it is being dropped
  bool known;  // false: its rows could not be read
  capture::ClientKeys clients;
  capture::NamedNotes names;
  std::vector<Datum> rejected;
  CallIds evidence;  // calls with which tasks were done
};

// Of this transaction. What a command that fails leaves behind goes with the savepoint that it fails within.
std::list<Dropped>& drops() {
  static auto* const only = new std::list<Dropped>;
  return *only;
}

// A watched table is gone: its clients stay as they were.
void detach(const Setup& setup, const Source& source) {
  bool all_known = false;
  for (const Dropped& dropped : drops())
    if (dropped.source == source.id && dropped.relation == source.relation) all_known = true;
  for (const Dropped& dropped : drops())
    if (dropped.source == source.id) all_known &= dropped.known;
  // Whose the facts were that hang on names nobody can say any more.
  if (!all_known || !capture::tells_client(source)) {
    run("INSERT INTO winback.frozen (client_id, source_id) SELECT c.client_id, $1 FROM winback.client c", {INT4OID},
        {Int32GetDatum(source.id)});
  } else {
    capture::ClientKeys clients(setup.key, command_memory());
    for (const Dropped& dropped : drops())
      if (dropped.source == source.id)
        clients.add(dropped.clients);
    for (const Datum client : clients.sorted()) capture::freeze(setup, source.id, setup.merges.present(client));
  }
  capture::unlist_all_rejected(setup, source.relation);
  run("UPDATE winback.source SET detached = true WHERE source_id = $1", {INT4OID}, {Int32GetDatum(source.id)});
  capture::announce_changed_setup();
  pg::call([&] {
    ereport(NOTICE, (errmsg("winback keeps the clients of the watched table %s as they were", source.name.c_str()),
                     errhint("Until a table of that name that fits is there again, or winback.unwatch() is called for "
                             "it: see winback.source_status.")));
  });
}

}  // namespace

void look_at_rows(const std::shared_ptr<const Setup>& setup, Oid relation) {
  const char kind = pg::call([&] { return get_rel_relkind(relation); });
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) return;
  const auto wholes = capture::wholes_of(relation);
  for (const Source& source : setup->sources) {
    if (!wholes.contains(source.relation)) continue;
    Dropped& dropped = drops().emplace_back(Dropped{setup, source.id, relation, GetCurrentTransactionNestLevel(), false,
                                                    capture::ClientKeys(setup->key, command_memory()), {}, {}, {}});
    pg::Failure failure;
    dropped.known = pg::attempt(failure, [&] {
      capture::read_rows(*setup, source, relation,
                         [&](capture::RowReader& reader, TupleTableSlot* row, capture::Verdict verdict,
                             const capture::Fact& fact, const std::string&) {
                           if (verdict == capture::Verdict::fact) {
                             capture::each_name(source, reader, fact, false,
                                                [&](capture::Name name, const capture::NameNote& note) {
                                                  dropped.names[std::move(name)].merge(note);
                                                });
                             if (capture::tells_client(source)) dropped.clients.add(fact.client);
                             return;
                           }
                           if (relation == source.relation) return;  // all of its list goes
                           const Datum json = reader.as_jsonb(row);
                           const pg::InContext in(command_memory());
                           dropped.rejected.push_back(pg::call([&] { return datumCopy(json, false, -1); }));
                         });
    });
    if (relation != source.relation) dropped.evidence = calls_within(*setup, source, relation);
    if (!dropped.known) pg::call([&] { pg::warn("winback could not read a table that is dropped", failure); });
  }
}

void settle_drops(const Setup& setup) {
  std::set<int> gone;
  for (const Source& source : setup.sources)
    if (!pg::exists(source.relation)) gone.insert(source.id), detach(setup, source);
  for (Dropped& dropped : drops()) {
    if (gone.contains(dropped.source)) continue;
    const auto source = std::ranges::find(setup.sources, dropped.source, &Source::id);
    if (source == setup.sources.end()) continue;
    if (!dropped.known) capture::note_lost_track("the rows of a table that was dropped could not be read");
    for (const Datum client : dropped.clients.sorted()) capture::notes().afresh(client);
    for (const auto& [name, note] : dropped.names) capture::notes().named(name, note);
    for (const Datum row : dropped.rejected) capture::unlist_rejected(setup, source->relation, row);
    put_away(setup, *source, dropped.relation, dropped.evidence);
  }
  forget_drops();
}

void forget_drops() { drops().clear(); }

void savepoint_rolled_back(int level) {
  drops().remove_if([&](const Dropped& dropped) { return dropped.level >= level; });
}

void savepoint_released(int level) {
  for (Dropped& dropped : drops()) dropped.level = std::min(dropped.level, level - 1);
}

}  // namespace winback::work
