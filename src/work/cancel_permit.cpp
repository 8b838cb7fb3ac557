// The permit of winback.cancel_task: the only way past the guard of winback.task to `cancelled`.
//
// A setting could be forged and the caller's role proves nothing (a superuser's plain UPDATE is refused as well), so
// the permit is kept here. It is good for one task, once, and ends with the transaction or savepoint that gave it.

#include "pg/entry.hpp"
#include "pg/guard.hpp"

namespace {

struct Permit {
  int64 task_id;
  MemoryContextCallback ending;
};

Permit* current = nullptr;

// Forgets a permit whose memory is about to go.
void forget(void* permit) {
  if (current == permit) current = nullptr;
}

}  // namespace

// Permits the cancelling of one task.
WINBACK_FUNCTION(winback_permit_cancel) {
  const int64 task_id = PG_GETARG_INT64(0);
  winback::pg::call([task_id] {
    auto* permit = static_cast<Permit*>(MemoryContextAllocZero(CurTransactionContext, sizeof(Permit)));
    permit->task_id = task_id;
    permit->ending.func = forget;
    permit->ending.arg = permit;
    MemoryContextRegisterResetCallback(CurTransactionContext, &permit->ending);
    current = permit;
  });
  PG_RETURN_VOID();
}

// Takes the permit back, and says whether it was for that task.
WINBACK_FUNCTION(winback_use_cancel_permit) {
  const bool permitted = current != nullptr && current->task_id == PG_GETARG_INT64(0);
  current = nullptr;
  PG_RETURN_BOOL(permitted);
}
