// Which done task has a call as its evidence, including what other sessions are just doing.
//
// The unique index one_call_closes_one_task decides in the end; its error, though, cannot say what the matter is. So
// the guard of winback.task asks the index first, the way the index itself will: with a dirty snapshot, waiting for a
// session whose change of such an entry is not decided yet. It waits where the index would, so it brings no deadlock
// that the index would not. Two sessions that ask at the very same instant both see nothing; then the index decides.

#include "pg/entry.hpp"
#include "pg/guard.hpp"
#include "pg/index_scan.hpp"

extern "C" {
#include "catalog/index.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
}

namespace {

// Begins a scan of the index for one call.
IndexScanDesc begin_scan(Relation table, Relation index, Snapshot snapshot, Datum source, Datum call_id) {
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_OIDEQ, source);
  ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, call_id);
  keys[1].sk_collation = index->rd_indcollation[1];
  IndexScanDesc scan = winback::pg::open_index_scan(table, index, snapshot, 2);
  index_rescan(scan, keys, 2, nullptr, 0);
  return scan;
}

// Looks for the task until no other session is about to change the answer; 0 if there is none.
int64 find_task(Relation table, Relation index, Datum source, Datum call_id) {
  const AttrNumber task_id = get_attnum(RelationGetRelid(table), "task_id");
  TupleTableSlot* slot = table_slot_create(table, nullptr);
  int64 task = 0;
  TransactionId undecided;
  do {
    SnapshotData dirty;
    InitDirtySnapshot(dirty);
    IndexScanDesc scan = begin_scan(table, index, &dirty, source, call_id);
    ItemPointerData place;
    undecided = InvalidTransactionId;
    task = 0;
    while (!TransactionIdIsValid(undecided) && index_getnext_slot(scan, ForwardScanDirection, slot)) {
      bool is_null;
      task = DatumGetInt64(slot_getattr(slot, task_id, &is_null));
      undecided = TransactionIdIsValid(dirty.xmin) ? dirty.xmin : dirty.xmax;
      place = slot->tts_tid;
    }
    index_endscan(scan);
    if (TransactionIdIsValid(undecided)) XactLockTableWait(undecided, table, &place, XLTW_InsertIndexUnique);
  } while (TransactionIdIsValid(undecided));
  ExecDropSingleTupleTableSlot(slot);
  return task;
}

}  // namespace

// The done task that the call has closed, or null.
WINBACK_FUNCTION(winback_task_closed_by) {
  const int64 task = winback::pg::call([fcinfo] {
    const Oid index_id = get_relname_relid("one_call_closes_one_task", get_namespace_oid("winback", false));
    if (!OidIsValid(index_id))
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                      errmsg("index \"winback.one_call_closes_one_task\" does not exist"),
                      errhint("The closing rule depends on it: make it again, as a fresh ledger has it.")));
    Relation table = table_open(IndexGetRelation(index_id, false), AccessShareLock);
    Relation index = index_open(index_id, AccessShareLock);
    const int64 found = find_task(table, index, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
    index_close(index, AccessShareLock);
    table_close(table, AccessShareLock);
    return found;
  });
  if (task == 0) PG_RETURN_NULL();
  PG_RETURN_INT64(task);
}
