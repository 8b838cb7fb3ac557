// See stale.hpp.
#include "ledger/stale.hpp"

#include "ledger/client_row.hpp"
#include "ledger/wake.hpp"
#include "pg/table.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace winback::ledger {

void add_stale(const capture::Setup& setup, std::optional<Datum> client, const std::string& reason,
               core::Instant clock) {
  pg::call([&] {
    if (!ConditionalLockRelationOid(setup.tables.stale, RowExclusiveLock))
      ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("winback.stale is locked by another session")));
  });
  pg::Table table(setup.tables.stale);
  pg::Values row(table.columns());
  if (client) row.set(table.column("client_id"), *client);
  row.set(table.column("reason"), text_datum(reason));
  row.set(table.column("since"), TimestampTzGetDatum(clock));
  table.insert(row);
  note_stale();
}

std::vector<StaleMark> stale_marks(const capture::Setup& setup) {
  pg::call([&] { LockRelationOid(setup.tables.stale, RowExclusiveLock); });
  pg::Table table(setup.tables.stale);
  const int column = table.column("client_id");
  std::vector<StaleMark> marks;
  table.scan_all([&](const pg::Values& row, ItemPointerData place) {
    marks.push_back({row.nulls[column] ? std::nullopt : std::optional<Datum>(row.values[column]), place});
  });
  return marks;
}

void remove_stale(const capture::Setup& setup, const std::vector<ItemPointerData>& places) {
  pg::Table table(setup.tables.stale);
  for (const ItemPointerData& place : places) table.erase(place);
}

}  // namespace winback::ledger
