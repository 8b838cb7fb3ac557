// See stale.hpp.
#include "ledger/stale.hpp"

#include "ledger/client_row.hpp"
#include "ledger/patience.hpp"
#include "ledger/wake.hpp"
#include "pg/table.hpp"
#include "pg/text.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace winback::ledger {

void add_stale(const capture::Setup& setup, const Whose& whose, const std::string& reason, core::Instant clock) {
  // Patience of its own: where all of it is spent on a client that others hold, the mark must still be left, and a
  // vacuum that truncates the table is over in a moment.
  Patience patience(lock_wait);
  while (!pg::call([&] { return ConditionalLockRelationOid(setup.tables.stale, RowExclusiveLock); }))
    if (!patience()) throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another session has locked winback.stale");
  pg::Table table(setup.tables.stale);
  pg::Values row(table.columns());
  if (whose.client) row.set(table.column("client_id"), *whose.client);
  if (whose.name) {
    if (whose.name->space != capture::kAliases)
      row.set(table.column("order_table"), ObjectIdGetDatum(whose.name->space));
    row.set(table.column("name"), pg::text_datum(whose.name->text));
  }
  row.set(table.column("reason"), pg::text_datum(reason));
  row.set(table.column("since"), TimestampTzGetDatum(clock));
  table.insert(row);
  note_stale();
}

std::vector<StaleMark> stale_marks(const capture::Setup& setup) {
  pg::call([&] { LockRelationOid(setup.tables.stale, RowExclusiveLock); });
  pg::Table table(setup.tables.stale);
  const int client = table.column("client_id");
  const int orders = table.column("order_table");
  const int name = table.column("name");
  std::vector<StaleMark> marks;
  table.scan_all([&](const pg::Values& row, ItemPointerData place) {
    Whose whose;
    if (!row.nulls[client]) whose.client = row.values[client];
    if (!row.nulls[name]) {
      const Oid space = row.nulls[orders] ? capture::kAliases : DatumGetObjectId(row.values[orders]);
      whose.name = capture::Name{space, pg::text_string(row.values[name])};
    }
    marks.push_back({std::move(whose), place});
  });
  return marks;
}

void remove_stale(const capture::Setup& setup, const std::vector<ItemPointerData>& places) {
  pg::Table table(setup.tables.stale);
  for (const ItemPointerData& place : places) table.erase(place);
}

}  // namespace winback::ledger
