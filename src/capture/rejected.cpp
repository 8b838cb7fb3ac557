// See rejected.hpp.
#include "capture/rejected.hpp"

#include "pg/table.hpp"
#include "pg/text.hpp"

extern "C" {
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"
}

namespace winback::capture {

namespace {

// Locks the list without waiting; false where somebody keeps it locked.
bool lock_list(const Setup& setup) {
  return pg::call([&] { return ConditionalLockRelationOid(setup.tables.rejected, RowExclusiveLock); });
}

}  // namespace

void list_rejected(const Setup& setup, Oid source, Datum row, const std::string& reason) {
  if (!lock_list(setup)) return;
  pg::Table list(setup.tables.rejected);
  pg::Values values(list.columns());
  values.set(list.column("source"), ObjectIdGetDatum(source));
  values.set(list.column("row"), row);
  values.set(list.column("reason"), pg::text_datum(reason));
  values.set(list.column("at"), TimestampTzGetDatum(GetCurrentTimestamp()));
  list.insert(values);
}

void unlist_rejected(const Setup& setup, Oid source, Datum row) {
  if (!lock_list(setup)) return;
  pg::Table list(setup.tables.rejected);
  const int source_column = list.column("source");
  const int row_column = list.column("row");
  bool done = false;
  list.scan(setup.tables.rejected_row, row, [&](const pg::Values& listed, ItemPointerData place) {
    if (done || DatumGetObjectId(listed.values[source_column]) != source) return;
    const bool same =
        pg::call([&] { return DatumGetBool(DirectFunctionCall2(jsonb_eq, listed.values[row_column], row)); });
    if (same) done = list.erase(place);
  });
}

void unlist_all_rejected(const Setup& setup, Oid source) {
  if (!lock_list(setup)) return;
  pg::Table list(setup.tables.rejected);
  const int source_column = list.column("source");
  list.scan_all([&](const pg::Values& listed, ItemPointerData place) {
    if (DatumGetObjectId(listed.values[source_column]) == source) list.erase(place);
  });
}

}  // namespace winback::capture
