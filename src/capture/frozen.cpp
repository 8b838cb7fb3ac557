// See frozen.hpp.
#include "capture/frozen.hpp"

#include <algorithm>

#include "pg/table.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace winback::capture {

void freeze(const Setup& setup, int source, Datum client) {
  pg::call([&] { LockRelationOid(setup.tables.frozen, RowExclusiveLock); });
  pg::Table table(setup.tables.frozen);
  pg::Values row(table.columns());
  row.set(table.column("client_id"), client);
  row.set(table.column("source_id"), Int32GetDatum(source));
  table.insert(row);
}

void thaw(const Setup& setup, Datum client) {
  pg::call([&] { LockRelationOid(setup.tables.frozen, RowExclusiveLock); });
  pg::Table table(setup.tables.frozen);
  table.scan(setup.tables.frozen_client, client,
             [&](const pg::Values&, ItemPointerData place) { (void)table.erase(place); });
}

std::string frozen_because(const Setup& setup, Datum client) {
  if (!setup.has_frozen) return {};
  pg::call([&] { LockRelationOid(setup.tables.frozen, AccessShareLock); });
  pg::Table table(setup.tables.frozen);
  const int source_column = table.column("source_id");
  std::string why;
  table.scan(setup.tables.frozen_client, client, [&](const pg::Values& row, ItemPointerData) {
    const int id = DatumGetInt32(row.values[source_column]);
    const auto source = std::ranges::find(setup.detached, id, &Source::id);
    why = "the watched table " + (source == setup.detached.end() ? std::to_string(id) : source->name) + " is detached";
  });
  return why;
}

void each_frozen(const Setup& setup, const std::function<void(Datum)>& visit) {
  if (!setup.has_frozen) return;
  pg::call([&] { LockRelationOid(setup.tables.frozen, AccessShareLock); });
  pg::Table table(setup.tables.frozen);
  const int client = table.column("client_id");
  table.scan_all([&](const pg::Values& row, ItemPointerData) { visit(row.values[client]); });
}

}  // namespace winback::capture
