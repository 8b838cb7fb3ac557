// See refusals.hpp.
#include "work/refusals.hpp"

#include <algorithm>
#include <vector>

#include "clock/now.hpp"
#include "module.hpp"
#include "pg/entry.hpp"
#include "pg/result.hpp"
#include "pg/shared_memory.hpp"
#include "pg/text.hpp"
#include "work/command.hpp"

extern "C" {
#include "access/xact.h"
#include "miscadmin.h"
}

namespace winback::work {

namespace {

struct Refusal {
  Oid database;
  TimestampTz at;
  int64 task_id;
  char by[NAMEDATALEN];   // a role
  char why[NAMEDATALEN];
};

// The latest refusals, the oldest first.
constexpr int kMost = 512;
struct Kept {
  int count;
  Refusal refusals[kMost];
};
Kept of_session{};
Kept* kept = &of_session;

void arrive(void* memory, bool) { kept = static_cast<Kept*>(memory); }

pg::SharedPlace place{"winback refusals", sizeof(Kept), arrive};

// What this transaction has taken, at which depth of savepoints.
std::vector<Refusal> taken;
int taken_at_level = 0;

// Calls a function with what is kept, locked if others see it too.
template <class Use>
void with_kept(LWLockMode mode, const Use& use) {
  if (!place.lock) return use();
  const pg::Locked locked(place, mode);
  use();
}

// Adds a refusal, in the place of the oldest if need be.
void keep(const Refusal& refusal) {
  if (kept->count == kMost) std::copy(kept->refusals + 1, kept->refusals + kept->count--, kept->refusals);
  kept->refusals[kept->count++] = refusal;
}

// Takes those of this database out.
void take() {
  taken.reserve(taken.size() + kMost);  // no memory is asked for under the lock
  with_kept(LW_EXCLUSIVE, [] {
    Refusal* const end = kept->refusals + kept->count;
    const auto ours = [](const Refusal& refusal) { return refusal.database == MyDatabaseId; };
    std::copy_if(kept->refusals, end, std::back_inserter(taken), ours);
    kept->count = static_cast<int>(std::remove_if(kept->refusals, end, ours) - kept->refusals);
  });
  taken_at_level = GetCurrentTransactionNestLevel();
}

// Whether there is any of this database.
bool any() {
  bool found = false;
  with_kept(LW_SHARED, [&] {
    found = std::any_of(kept->refusals, kept->refusals + kept->count,
                        [](const Refusal& refusal) { return refusal.database == MyDatabaseId; });
  });
  return found;
}

// Puts back what was taken in vain.
void put_back() {
  with_kept(LW_EXCLUSIVE, [] {
    for (const Refusal& refusal : taken) keep(refusal);
  });
  taken.clear();
}

void at_end(XactEvent event, void*) {
  if (taken.empty()) return;
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT) put_back();
  if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE) taken.clear();
}

void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  if (taken.empty() || GetCurrentTransactionNestLevel() > taken_at_level) return;
  if (event == SUBXACT_EVENT_ABORT_SUB) put_back();
  if (event == SUBXACT_EVENT_COMMIT_SUB) taken_at_level = GetCurrentTransactionNestLevel() - 1;
}

}  // namespace

void hook_refusals() {
  RegisterXactCallback(at_end, nullptr);
  RegisterSubXactCallback(at_savepoint_end, nullptr);
  if (process_shared_preload_libraries_in_progress) pg::request_shared(place);
}

void write_refusals() {
  if (any()) run("SELECT winback._write_refusals()", {}, {});
}

}  // namespace winback::work

using namespace winback;

// _note_refusal(task_id, by, why): keeps that closing a task was refused.
WINBACK_FUNCTION(winback_note_refusal) {
  work::Refusal refusal{};
  refusal.database = MyDatabaseId;
  refusal.at = clock::now();
  refusal.task_id = PG_GETARG_INT64(0);
  strlcpy(refusal.by, pg::text_argument(fcinfo, 1).c_str(), sizeof(refusal.by));
  strlcpy(refusal.why, pg::text_argument(fcinfo, 2).c_str(), sizeof(refusal.why));
  work::with_kept(LW_EXCLUSIVE, [&] { work::keep(refusal); });
  PG_RETURN_VOID();
}

// _take_refusals(): what was kept of this database, which this transaction takes.
WINBACK_FUNCTION(winback_take_refusals) {
  const pg::ResultRows rows(fcinfo);
  const std::size_t before = work::taken.size();
  work::take();
  for (std::size_t i = before; i < work::taken.size(); ++i) {
    const work::Refusal& refusal = work::taken[i];
    pg::Values row = rows.row();
    row.set(0, Int64GetDatum(refusal.task_id));
    row.set(1, TimestampTzGetDatum(refusal.at));
    row.set(2, pg::text_datum(refusal.by));
    row.set(3, pg::text_datum(refusal.why));
    rows.put(row);
  }
  PG_RETURN_NULL();
}
