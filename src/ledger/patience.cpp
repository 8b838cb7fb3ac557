// See patience.hpp; define_settings() is called when the library is loaded.
#include "ledger/patience.hpp"

#include "module.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/lmgr.h"
}

namespace winback::ledger {

int lock_wait = 200;

void define_settings() {
  DefineCustomIntVariable("winback.lock_wait",
                          "How long a commit may wait for clients and tables that other sessions hold.",
                          "Clients that it does not get in this time are left in winback.stale for the worker.",
                          &lock_wait, 200, 0, 60000, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
}

bool locked_by_us(Oid relation, LOCKMODE least) {
  LOCKTAG tag;
  SET_LOCKTAG_RELATION(tag, MyDatabaseId, relation);
#if PG_VERSION_NUM >= 170000
  return LockHeldByMe(&tag, least, true);
#else
  for (LOCKMODE mode = least; mode <= AccessExclusiveLock; ++mode)
    if (LockHeldByMe(&tag, mode)) return true;
  return false;
#endif
}

void lock_soon(Oid relation, LOCKMODE mode, Patience& patience) {
  if (!patience.left()) {
    pg::call([&] { LockRelationOid(relation, mode); });
    return;
  }
  while (!pg::call([&] { return ConditionalLockRelationOid(relation, mode); }))
    if (!patience()) throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another session has locked the ledger");
}

}  // namespace winback::ledger
