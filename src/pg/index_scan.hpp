// Opening a scan of an index, which takes another argument from PostgreSQL 18 on.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/genam.h"
}

namespace winback::pg {

// Opens a scan by so many keys, which index_rescan() gives it.
inline IndexScanDesc open_index_scan(Relation table, Relation index, Snapshot snapshot, int keys) {
#if PG_VERSION_NUM >= 180000
  return index_beginscan(table, index, snapshot, nullptr, keys, 0);
#else
  return index_beginscan(table, index, snapshot, keys, 0);
#endif
}

}  // namespace winback::pg
