// See rejected.hpp.
#include "capture/rejected.hpp"

#include <algorithm>

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

// Visits what is listed of a table and looks like this row; by a snapshot of this moment where none is given.
template <class Visit>
void each_like(const Setup& setup, pg::Table& list, Oid source, Datum row, Visit visit, Snapshot snapshot = nullptr) {
  const int source_column = list.column("source");
  const int row_column = list.column("row");
  list.scan(setup.tables.rejected_row, row, [&](const pg::Values& listed, ItemPointerData place) {
    if (DatumGetObjectId(listed.values[source_column]) != source) return;
    if (pg::call([&] { return DatumGetBool(DirectFunctionCall2(jsonb_eq, listed.values[row_column], row)); }))
      visit(place);
  }, snapshot);
}

// A place in the list as a number.
std::uint64_t number_of(const ItemPointerData& place) {
  return static_cast<std::uint64_t>(ItemPointerGetBlockNumber(&place)) << 16 | ItemPointerGetOffsetNumber(&place);
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
  bool done = false;
  each_like(setup, list, source, row, [&](ItemPointerData place) { done = done || list.erase(place); });
}

void unlist_all_rejected(const Setup& setup, Oid source) {
  if (!lock_list(setup)) return;
  pg::Table list(setup.tables.rejected);
  const int source_column = list.column("source");
  list.scan_all([&](const pg::Values& listed, ItemPointerData place) {
    if (DatumGetObjectId(listed.values[source_column]) == source) list.erase(place);
  });
}

bool has_rejected(const Setup& setup, Oid source) {
  if (!lock_list(setup)) return false;
  pg::Table list(setup.tables.rejected);
  const int source_column = list.column("source");
  bool found = false;
  list.scan_all([&](const pg::Values& listed, ItemPointerData) {
    found = found || DatumGetObjectId(listed.values[source_column]) == source;
  });
  return found;
}

RejectedReview::RejectedReview(const Setup& setup, Snapshot snapshot) : setup_(setup), snapshot_(snapshot) {
  if (!lock_list(setup_)) return;
  pg::Table list(setup_.tables.rejected);
  const int source_column = list.column("source");
  list.scan_all([&](const pg::Values& listed, ItemPointerData place) {
    const Oid relation = DatumGetObjectId(listed.values[source_column]);
    if (std::ranges::any_of(setup_.sources, [&](const Source& source) { return source.relation == relation; }))
      unconfirmed_.insert(number_of(place));
  }, snapshot_);
}

bool RejectedReview::found(Oid source, Datum row, const std::string& reason) {
  if (!lock_list(setup_)) return false;
  bool listed = false;
  {
    pg::Table list(setup_.tables.rejected);
    each_like(setup_, list, source, row, [&](ItemPointerData place) {
      listed = listed || unconfirmed_.erase(number_of(place)) > 0;
    }, snapshot_);
  }
  if (!listed) list_rejected(setup_, source, row, reason);
  return !listed;
}

void RejectedReview::finish() {
  if (unconfirmed_.empty()) return;
  pg::Table list(setup_.tables.rejected);
  list.scan_all([&](const pg::Values&, ItemPointerData place) {
    if (unconfirmed_.contains(number_of(place))) list.erase(place);
  });
}

}  // namespace winback::capture
