// See sweep.hpp.
//
//   a client is           what the sweep does                          if that fails or another session holds it
//   --------------------  -------------------------------------------  -----------------------------------------
//   marked stale          computes it afresh, removes the marks seen   its marks stay
//   whoever has a name    locks the name, looks up whose it is, then   the mark stays
//     that is marked      likewise
//   frozen                lets its marks stay: see capture/frozen.hpp
//   due (due_at <= now)   records changes of status, opens its task    it stays due
//   in a segment that     has its playbook begun: see 59-segments.sql    it is looked at again
//     is to be examined
//   anything else         nothing: not even looked at
//
// Then the processes go on for which it is time (56-processes.sql), but for those that another session holds. Once
// nothing due is left, tasks are dealt and late ones noticed: see managers.hpp. Last, refused closings are written
// down: see refusals.hpp.
//
// A mark is removed only after the client was computed with a snapshot taken later than the mark was seen, so the facts
// of the transaction that left it are in.
#include "work/sweep.hpp"

#include <algorithm>

#include "capture/frozen.hpp"
#include "pg/attempt.hpp"
#include "ledger/name_lock.hpp"
#include "pg/identity.hpp"
#include "pg/text.hpp"
#include "work/command.hpp"
#include "work/commit.hpp"
#include "work/managers.hpp"
#include "work/named.hpp"
#include "work/pass.hpp"
#include "work/refusals.hpp"

namespace winback::work {

namespace {

// What is swept, and what came of it so far.
struct Sweep {
  std::shared_ptr<const capture::Setup> setup;
  core::Instant clock;
  int most;
  pg::Progress& progress;
  SweepResult result;

  void add(const Counts& counts) {
    result.clients += counts.clients;
    result.status_changes += counts.status_changes;
    result.tasks_opened += counts.tasks_opened;
    result.tasks_cancelled += counts.tasks_cancelled;
  }
};

// Counts a failure; a lock that others hold is none.
void count_failure(SweepResult& result, const pg::Failure& failure) {
  result.failed += failure.sqlstate != ERRCODE_LOCK_NOT_AVAILABLE;
}

// Does a step for each of `count` clients; where the whole fails, one by one. Returns how many were done. A settler
// lives within one subtransaction, for what it opens belongs to that.
template <class Step>
int each_safely(Sweep& sweep, std::size_t count, Step step) {
  const auto run = [&](std::size_t first, std::size_t end) {
    ledger::Patience none(0);
    Settler settler(sweep.setup, sweep.clock, Occasion::sweep, none);
    const pg::OwnContext context("winback client", CurrentMemoryContext);
    int done = 0;
    sweep.progress.begin(pg::Phase::settling, count);
    for (std::size_t i = first; i < end; ++i) {
      const pg::InContext in(context.get());
      done += step(settler, i);
      context.reset();
      sweep.progress.step();
    }
    sweep.add(settler.counts());
    return done;
  };
  pg::Failure failure;
  const SweepResult before = sweep.result;
  int done = 0;
  if (count == 0 || pg::attempt(failure, [&] { done = run(0, count); })) return done;
  sweep.result = before;
  done = 0;
  int failures = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int one = 0;
    if (pg::attempt(failure, [&] { one = run(i, i + 1); })) {
      done += one;
    } else {
      ++failures;
      count_failure(sweep.result, failure);
    }
  }
  if (failures > 0) {
    const std::string what = failures == 1 ? "winback could not settle a client"
                                           : "winback could not settle " + std::to_string(failures) + " clients";
    pg::call([&] { pg::warn(what.c_str(), failure); });
  }
  return done;
}

// The clients that are due, the most overdue first if there are more than `most`, in the order of their keys.
std::vector<Datum> due_clients(const capture::Setup& setup, core::Instant clock, int most) {
  std::vector<Datum> due;
  const MemoryContext context = CurrentMemoryContext;
  const pg::AsOwner owner(setup.owner);
  const pg::Query query("SELECT client_id FROM winback.client WHERE due_at OPERATOR(pg_catalog.<=) $1"
                        " ORDER BY due_at LIMIT $2",
                        {TIMESTAMPTZOID, INT4OID});
  query.read({TimestampTzGetDatum(clock), Int32GetDatum(most)}, [&](HeapTuple row, TupleDesc description) {
    due.push_back(setup.key.copy(pg::datum_of(row, description, 1), context));
    return true;
  });
  std::ranges::sort(due, [&](Datum a, Datum b) { return setup.key.compare(a, b) < 0; });
  return due;
}

// The earliest instant later than this one at which there is something to do.
std::optional<core::Instant> next_due(const capture::Setup& setup, core::Instant clock) {
  std::optional<core::Instant> next;
  const pg::AsOwner owner(setup.owner);
  const pg::Query query("SELECT LEAST(pg_catalog.min(due_at), winback._next_wake($1))"
                        " FROM winback.client WHERE due_at OPERATOR(pg_catalog.>) $1",
                        {TIMESTAMPTZOID});
  query.read({TimestampTzGetDatum(clock)}, [&](HeapTuple row, TupleDesc description) {
    bool null;
    const Datum due = pg::call([&] { return SPI_getbinval(row, description, 1, &null); });
    if (!null) next = DatumGetTimestampTz(due);
    return true;
  });
  return next;
}

using Places = std::vector<ItemPointerData>;

// The marks of one client.
struct Stale {
  Datum client;
  Places places;
};

// All marks: those of everybody, of names, and of clients in the order of their keys.
struct AllStale {
  Places everybody;
  std::map<capture::Name, Places> names;
  std::vector<Stale> clients;
};

// Reads all marks.
AllStale all_stale(const capture::Setup& setup) {
  AllStale stale;
  auto marks = ledger::stale_marks(setup);
  std::erase_if(marks, [&](const ledger::StaleMark& mark) {
    if (mark.whose.everybody()) stale.everybody.push_back(mark.place);
    if (mark.whose.name) stale.names[*mark.whose.name].push_back(mark.place);
    return !mark.whose.client;
  });
  std::ranges::stable_sort(marks, [&](const ledger::StaleMark& a, const ledger::StaleMark& b) {
    return setup.key.compare(*a.whose.client, *b.whose.client) < 0;
  });
  for (const ledger::StaleMark& mark : marks) {
    const bool same = !stale.clients.empty() && setup.key.equal(*mark.whose.client, stale.clients.back().client);
    if (!same) stale.clients.push_back({*mark.whose.client, {}});
    stale.clients.back().places.push_back(mark.place);
  }
  return stale;
}

// Locks the ledger for a pass over everybody. In the server's queue, or commits that follow each other closely would
// keep it out for ever; that is safe because a sweep has nothing locked yet that they wait for. One that follows a
// fold() or another sweep in its transaction has: it asks again instead, as long as a commit would.
std::shared_ptr<const capture::Setup> lock_for_everybody() {
  const pg::PinnedSettings settings("UTC", "pg_catalog, pg_temp");
  settings.pin("lock_timeout", std::to_string(std::max(1, ledger::lock_wait)).c_str());
  const bool has_locked = ledger::locked_by_us(capture::need_setup()->tables.client, RowExclusiveLock);
  ledger::Patience patience = has_locked ? ledger::Patience(ledger::lock_wait) : ledger::Patience::endless();
  return lock_ledger(true, patience);
}

// Takes frozen clients out of a list of marked ones: their marks stay.
void leave_frozen(const capture::Setup& setup, AllStale& stale) {
  if (!setup.has_frozen) return;
  std::erase_if(stale.clients, [&](const Stale& one) { return !capture::frozen_because(setup, one.client).empty(); });
}

// Settles everybody, if everybody is marked. The first thing that a sweep does.
void settle_everybody(core::Instant clock, pg::Progress& progress, SweepResult& result) {
  AllStale stale = all_stale(*capture::need_setup());
  if (stale.everybody.empty()) return;
  pg::Failure failure;
  const bool done = pg::attempt(failure, [&] {
    const auto setup = lock_for_everybody();
    ledger::Patience patience(ledger::lock_wait);
    Settler everybody(setup, clock, Occasion::bulk, patience);
    result.clients += static_cast<int>(rebuild(everybody, progress, true));
    leave_frozen(*setup, stale);
    ledger::remove_stale(*setup, stale.everybody);
    for (const auto& [name, places] : stale.names) ledger::remove_stale(*setup, places);
    for (const Stale& client : stale.clients) ledger::remove_stale(*setup, client.places);
  });
  if (done) {
    result.stale_settled += static_cast<int>(1 + stale.names.size() + stale.clients.size());
  } else {
    count_failure(result, failure);
    pg::call([&] { pg::warn("winback could not recompute all clients", failure); });
  }
}

// Computes clients that are marked stale afresh, and those that they were merged into; false if one of them could not
// be had. What was noted of their tasks is forgotten, so all of these are looked at.
bool recompute(Settler& settler, std::vector<Datum> clients) {
  const capture::Setup& setup = settler.setup();
  for (std::size_t i = 0, marked = clients.size(); i < marked; ++i)
    if (setup.merges.is_merged(clients[i])) clients.push_back(setup.merges.present(clients[i]));
  std::ranges::sort(clients, [&](Datum a, Datum b) { return setup.key.compare(a, b) < 0; });
  TaskOrder order;
  order.all_evidence = true;
  return std::ranges::all_of(clients, [&](Datum client) { return settler.recompute(client, order); });
}

// Settles whoever has a name that was left stale. Names come before clients, as at commit.
void settle_stale_names(Sweep& sweep, const AllStale& stale) {
  std::vector<std::pair<capture::Name, Places>> names(stale.names.begin(), stale.names.end());
  SweepResult& result = sweep.result;
  if (names.size() > static_cast<std::size_t>(sweep.most)) {
    result.more = true;
    names.resize(sweep.most);
  }
  const int done = each_safely(sweep, names.size(), [&](Settler& settler, std::size_t i) {
    const auto& [name, places] = names[i];
    if (!ledger::lock_name_alone(name)) return false;
    if (!recompute(settler, clients_of(settler.facts(), name))) return false;
    ledger::remove_stale(*sweep.setup, places);
    return true;
  });
  result.skipped += static_cast<int>(names.size()) - done;
  result.stale_settled += done;
}

// Settles what was left stale.
void settle_stale(Sweep& sweep) {
  AllStale stale = all_stale(*sweep.setup);
  SweepResult& result = sweep.result;
  result.skipped += !stale.everybody.empty();  // everybody is marked still, or again
  settle_stale_names(sweep, stale);
  leave_frozen(*sweep.setup, stale);
  if (stale.clients.size() > static_cast<std::size_t>(sweep.most)) {
    result.more = true;
    stale.clients.resize(sweep.most);
  }
  const int done = each_safely(sweep, stale.clients.size(), [&](Settler& settler, std::size_t i) {
    if (!recompute(settler, {stale.clients[i].client})) return false;
    ledger::remove_stale(*sweep.setup, stale.clients[i].places);
    return true;
  });
  result.skipped += static_cast<int>(stale.clients.size()) - done;
  result.stale_settled += done;
}

// Does what time has made due.
void settle_due(Sweep& sweep) {
  const std::vector<Datum> due = due_clients(*sweep.setup, sweep.clock, sweep.most);
  const int done =
      each_safely(sweep, due.size(), [&](Settler& settler, std::size_t i) { return settler.advance(due[i]); });
  sweep.result.skipped += static_cast<int>(due.size()) - done;
  sweep.result.more |= due.size() == static_cast<std::size_t>(sweep.most);
}

// Begins the playbooks of segments that are to be examined, for those who are in them now. Whoever changes such a
// segment waits meanwhile, so that it stays to be examined; one that is just being changed is left for later. All goes
// by the newest state: what has been changed since this transaction began is no conflict.
void examine_segments(Sweep& sweep) {
  const capture::Setup& setup = *sweep.setup;
  const MemoryContext context = CurrentMemoryContext;
  std::vector<std::string> examined;
  std::vector<Datum> entrants;
  pg::Failure failure;
  const bool read = pg::attempt(failure, [&] {
    run_on_newest("SELECT name FROM winback.segment WHERE NOT examined AND playbook IS NOT NULL FOR UPDATE SKIP LOCKED",
                  {}, {},
                  [&](HeapTuple row, TupleDesc description) { examined.push_back(pg::text_of(row, description, 1)); });
    if (examined.empty()) return;
    run_on_newest("SELECT client_id FROM winback.segment_entrants WHERE NOT examined LIMIT $1", {INT4OID},
                  {Int32GetDatum(sweep.most)}, [&](HeapTuple row, TupleDesc description) {
                    entrants.push_back(setup.key.copy(pg::datum_of(row, description, 1), context));
                  });
  });
  if (!read) {
    count_failure(sweep.result, failure);
    pg::call([&] { pg::warn("winback could not look who has entered segments", failure); });
    return;
  }
  std::ranges::sort(entrants, [&](Datum a, Datum b) { return setup.key.compare(a, b) < 0; });
  const int done = each_safely(sweep, entrants.size(),
                               [&](Settler& settler, std::size_t i) { return settler.advance(entrants[i]); });
  const int missed = static_cast<int>(entrants.size()) - done;
  sweep.result.skipped += missed;
  if (entrants.size() == static_cast<std::size_t>(sweep.most))
    sweep.result.more |= done > 0;
  else if (missed == 0)
    for (const std::string& name : examined)
      run_on_newest("UPDATE winback.segment SET examined = true WHERE name = $1", {TEXTOID}, {pg::text_datum(name)});
}

// Lets the processes go on for which it is time.
void wake_processes(Sweep& sweep) {
  pg::Failure failure;
  int woken = 0, opened = 0, failed = 0, skipped = 0;
  const bool done = pg::attempt(failure, [&] {
    run("SELECT woken, opened, failed, skipped FROM winback._wake_processes($1, $2)", {TIMESTAMPTZOID, INT4OID},
        {TimestampTzGetDatum(sweep.clock), Int32GetDatum(sweep.most)}, [&](HeapTuple row, TupleDesc description) {
          woken = DatumGetInt32(pg::datum_of(row, description, 1));
          opened = DatumGetInt32(pg::datum_of(row, description, 2));
          failed = DatumGetInt32(pg::datum_of(row, description, 3));
          skipped = DatumGetInt32(pg::datum_of(row, description, 4));
        });
  });
  sweep.result.woken += woken;
  sweep.result.tasks_opened += opened;
  sweep.result.failed += failed;
  sweep.result.skipped += skipped + failed;
  sweep.result.more |= woken > 0 && woken == sweep.most;
  if (done) return;
  count_failure(sweep.result, failure);
  pg::call([&] { pg::warn("winback could not let processes go on", failure); });
}

// Writes down which attempts to close a task were refused.
void settle_refusals(Sweep& sweep) {
  pg::Failure failure;
  if (pg::attempt(failure, write_refusals)) return;
  count_failure(sweep.result, failure);
  pg::call([&] { pg::warn("winback could not write down refused closings of tasks", failure); });
}

// Sees to who does the tasks. Last, when every task that was to be opened is there: so the most valuable are dealt
// first, and what is held until the end of the transaction is held no longer than need be.
void settle_managers(Sweep& sweep) {
  if (sweep.result.more) return;
  pg::Failure failure;
  int dealt = 0;
  if (pg::attempt(failure, [&] { dealt = see_to_managers(*sweep.setup, sweep.clock); })) {
    sweep.result.tasks_dealt += dealt;
  } else if (failure.sqlstate != ERRCODE_LOCK_NOT_AVAILABLE) {
    count_failure(sweep.result, failure);
    pg::call([&] { pg::warn("winback could not deal tasks to managers", failure); });
  }
}

}  // namespace

SweepResult sweep(core::Instant clock, int most) {
  apply_notes();
  const pg::Spi spi;
  SweepResult of_everybody;
  pg::Progress progress(pg::Work::sweep, capture::need_setup()->tables.client, true);
  settle_everybody(clock, progress, of_everybody);
  ledger::Patience patience(ledger::lock_wait);
  Sweep sweep{lock_ledger(false, patience), clock, most, progress, of_everybody};
  settle_stale(sweep);
  settle_due(sweep);
  examine_segments(sweep);
  wake_processes(sweep);
  settle_managers(sweep);
  settle_refusals(sweep);
  sweep.result.next_due_at = next_due(*sweep.setup, clock);
  return sweep.result;
}

}  // namespace winback::work
