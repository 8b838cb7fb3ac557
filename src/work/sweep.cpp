// See sweep.hpp.
//
//   a client is           what the sweep does                          if that fails or another session holds it
//   --------------------  -------------------------------------------  -----------------------------------------
//   marked stale          computes it afresh, removes the marks seen   its marks stay
//   due (due_at <= now)   records changes of status, opens its task    it stays due
//   anything else         nothing: not even looked at
//
// A mark is removed only after the client was computed with a snapshot taken later than the mark was seen, so the facts
// of the transaction that left it are in.
#include "work/sweep.hpp"

#include <algorithm>

#include "pg/identity.hpp"
#include "work/attempt.hpp"
#include "work/commit.hpp"
#include "work/pass.hpp"

namespace winback::work {

namespace {

// Does a step for each of `count` clients; where the whole fails, one by one. Returns how many failed.
template <class Step>
int each_safely(std::size_t count, Step step) {
  pg::Failure failure;
  const pg::OwnContext context("winback client", CurrentMemoryContext);
  const auto run = [&](std::size_t first, std::size_t end) {
    int failed = 0;
    for (std::size_t i = first; i < end; ++i) {
      const pg::InContext in(context.get());
      failed += !step(i);
      context.reset();
    }
    return failed;
  };
  int failed = 0;
  if (count == 0 || attempt(failure, [&] { failed = run(0, count); })) return failed;
  failed = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int one = 0;
    if (!attempt(failure, [&] { one = run(i, i + 1); })) {
      pg::call([&] { pg::warn("winback could not settle a client", failure); });
      one = 1;
    }
    failed += one;
  }
  return failed;
}

// The clients that are due, the most overdue first if there are more than `most`, in the order of their keys.
std::vector<Datum> due_clients(const capture::Setup& setup, core::Instant clock, int most) {
  std::vector<Datum> due;
  const MemoryContext context = CurrentMemoryContext;
  const pg::AsRole role(setup.owner);
  const pg::Query query("SELECT client_id FROM winback.client WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
                        {TIMESTAMPTZOID, INT4OID});
  query.read({TimestampTzGetDatum(clock), Int32GetDatum(most)}, [&](HeapTuple row, TupleDesc description) {
    bool null;
    due.push_back(setup.key.copy(pg::call([&] { return SPI_getbinval(row, description, 1, &null); }), context));
    return true;
  });
  std::ranges::sort(due, [&](Datum a, Datum b) { return setup.key.compare(a, b) < 0; });
  return due;
}

// The earliest instant at which there is something to do.
std::optional<core::Instant> next_due(const capture::Setup& setup) {
  std::optional<core::Instant> next;
  const pg::AsRole role(setup.owner);
  const pg::Query query("SELECT min(due_at) FROM winback.client", {});
  query.read({}, [&](HeapTuple row, TupleDesc description) {
    bool null;
    const Datum due = pg::call([&] { return SPI_getbinval(row, description, 1, &null); });
    if (!null) next = DatumGetTimestampTz(due);
    return true;
  });
  return next;
}

// The marks of one client.
struct Stale {
  std::optional<Datum> client;
  std::vector<ItemPointerData> places;
};

// All marks by client; the one for everybody, if there is one, first.
std::vector<Stale> stale_clients(const capture::Setup& setup) {
  auto marks = ledger::stale_marks(setup);
  std::ranges::stable_sort(marks, [&](const ledger::StaleMark& a, const ledger::StaleMark& b) {
    if (!a.client || !b.client) return !a.client && b.client;
    return setup.key.compare(*a.client, *b.client) < 0;
  });
  std::vector<Stale> clients;
  for (const ledger::StaleMark& mark : marks) {
    const bool same = !clients.empty() && mark.client.has_value() == clients.back().client.has_value() &&
                      (!mark.client || setup.key.equal(*mark.client, *clients.back().client));
    if (!same) clients.push_back({mark.client, {}});
    clients.back().places.push_back(mark.place);
  }
  return clients;
}

// Settles what was left stale.
void settle_stale(const std::shared_ptr<const capture::Setup>& setup, core::Instant clock, int most,
                  SweepResult& result, Counts& counts) {
  auto stale = stale_clients(*setup);
  if (!stale.empty() && !stale.front().client) {
    pg::Failure failure;
    const bool done = attempt(failure, [&] {
      take_table_locks(*setup, true);
      Settler everybody(setup, clock, Occasion::bulk);
      result.clients += static_cast<int>(rebuild(everybody, true));
      for (const Stale& client : stale) ledger::remove_stale(*setup, client.places);
    });
    if (done) {
      result.stale_settled += static_cast<int>(stale.size());
      return;
    }
    pg::call([&] { pg::warn("winback could not recompute all clients", failure); });
    ++result.skipped;
    stale.erase(stale.begin());
  }
  result.more |= stale.size() > static_cast<std::size_t>(most);
  if (result.more) stale.resize(most);
  Settler settler(setup, clock, Occasion::sweep);
  const int failed = each_safely(stale.size(), [&](std::size_t i) {
    TaskOrder order;
    order.all_evidence = true;  // what was noted is forgotten
    if (!settler.recompute(*stale[i].client, order)) return false;
    ledger::remove_stale(*setup, stale[i].places);
    return true;
  });
  result.skipped += failed;
  result.stale_settled += static_cast<int>(stale.size()) - failed;
  counts = settler.counts();
}

}  // namespace

SweepResult sweep(core::Instant clock, int most) {
  apply_notes();
  const auto setup = capture::need_setup();
  SweepResult result;
  const pg::Spi spi;
  take_table_locks(*setup, false);
  Counts of_stale;
  settle_stale(setup, clock, most, result, of_stale);

  const std::vector<Datum> due = due_clients(*setup, clock, most);
  Settler settler(setup, clock, Occasion::sweep);
  const int failed = each_safely(due.size(), [&](std::size_t i) { return settler.advance(due[i]); });
  result.skipped += failed;
  result.more |= due.size() == static_cast<std::size_t>(most) && failed < most;
  for (const Counts& counts : {of_stale, settler.counts()}) {
    result.clients += counts.clients;
    result.status_changes += counts.status_changes;
    result.tasks_opened += counts.tasks_opened;
    result.tasks_cancelled += counts.tasks_cancelled;
  }
  result.next_due_at = next_due(*setup);
  return result;
}

}  // namespace winback::work
