// See managers.hpp.
#include "work/managers.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "ledger/patience.hpp"
#include "pg/entry.hpp"
#include "pg/identity.hpp"
#include "pg/notify.hpp"
#include "pg/query.hpp"
#include "pg/table.hpp"
#include "pg/text.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/date.h"
}

namespace winback::work {

namespace {

constexpr const char* kOverdueChannel = "winback_overdue";

// What follows reads the clock as $1, and takes the day from it.
constexpr const char* kToday =
    "WITH day AS (SELECT ($1 AT TIME ZONE p.timezone)::date AS today FROM winback.policy p),"
    " away AS (SELECT a.manager, a.absent_to, a.deputy FROM winback.absence a, day"
    "           WHERE day.today BETWEEN a.absent_from AND a.absent_to)";

// Tasks of those who are away: place, from, to, why.
constexpr const char* kOfAbsent =
    " SELECT t.ctid, t.assignee, d.deputy, pg_catalog.format('%s is away until %s', a.manager,"
    "                                                       pg_catalog.to_char(a.absent_to, 'YYYY-MM-DD'))"
    "  FROM away a"
    "  JOIN winback.task t ON t.assignee = a.manager AND t.status = 'open' AND t.due_on <= a.absent_to"
    " CROSS JOIN LATERAL (SELECT CASE WHEN NOT EXISTS (SELECT FROM away b WHERE b.manager = a.deputy)"
    "                                 THEN a.deputy END) d (deputy)"
    " ORDER BY t.task_id";

// Tasks that were taken from those who are back, and that nobody has got since. Only winback itself, assigned_by null,
// puts tasks into the pool for an absence.
constexpr const char* kOfReturned =
    " SELECT t.ctid, t.assignee, n.from_assignee, pg_catalog.format('%s is back', n.from_assignee)"
    "  FROM winback.task_assignment n"
    "  JOIN winback.task t ON t.task_id = n.task_id AND t.status = 'open' AND t.assignee IS NULL"
    " WHERE n.to_assignee IS NULL AND n.assigned_by IS NULL"
    "   AND NOT EXISTS (SELECT FROM winback.task_assignment l"
    "                    WHERE l.task_id = n.task_id AND l.assignment_id > n.assignment_id)"
    "   AND NOT EXISTS (SELECT FROM away a WHERE a.manager = n.from_assignee)"
    " ORDER BY t.task_id";

// Tasks that are to be done now: a call from its due day on, the step of a process from its opening on, which is due
// only when it should be done by.
constexpr const char* kToDo = "(t.due_on <= day.today OR t.due_on IS NULL OR t.process_id IS NOT NULL)";

// The tasks that may be dealt.
std::string in_pool() { return std::string(" t.status = 'open' AND t.assignee IS NULL AND ") + kToDo; }

// Whether there is any.
std::string any_in_pool() {
  return std::string(kToday) + " SELECT FROM day CROSS JOIN winback.task t WHERE" + in_pool() + " LIMIT 1";
}

// Them, in the order of winback.work_list: place.
std::string pool(const std::string& same_client, const std::string& lost_client) {
  return std::string(kToday) +
         " SELECT t.ctid"
         "   FROM day CROSS JOIN winback.task t LEFT JOIN winback.client c ON " + same_client +
         "   LEFT JOIN winback.expected_gain g ON " + lost_client +
         "  WHERE" + in_pool() +
         "  ORDER BY g.expected_gain DESC NULLS FIRST, c.period_revenue DESC NULLS LAST, t.due_on, t.task_id";
}

// Those of the members $2 who may be dealt to: name, open tasks, room for so many more (null: no limit), weight.
std::string members(const std::string& same_client) {
  return std::string(kToday) +
         ", member AS (SELECT m.manager, m.capacity, m.refill_at, o.has, o.unfinished,"
         "                    coalesce(m.capacity, pg_catalog.max(m.capacity) OVER (), 1) AS weight"
         "               FROM winback.return_manager m CROSS JOIN day"
         "              CROSS JOIN LATERAL ("
         "                    SELECT pg_catalog.count(*) AS has,"
         "                           pg_catalog.count(*) FILTER (WHERE c.manager IS DISTINCT FROM m.manager AND " +
         kToDo + ") AS unfinished"
         "                      FROM winback.task t LEFT JOIN winback.client c ON " + same_client +
         "                     WHERE t.assignee = m.manager AND t.status = 'open') o"
         "              WHERE m.manager = ANY ($2) AND NOT EXISTS (SELECT FROM away a WHERE a.manager = m.manager))"
         " SELECT manager, has, capacity - has, weight FROM member"
         "  WHERE capacity IS NULL OR (has < capacity AND unfinished <= refill_at) ORDER BY manager";
}

// Tasks that are to be noticed: number, due day, days, assignee, and whether it is not the first time.
constexpr const char* kOverdue =
    "SELECT t.task_id, t.due_on, o.days, t.assignee, n.days IS NOT NULL"
    "  FROM winback.policy p"
    " CROSS JOIN LATERAL (SELECT ($1 AT TIME ZONE p.timezone)::date) d (today)"
    "  JOIN winback.task t ON t.status = 'open' AND t.due_on <= d.today - p.overdue_days"
    "   AND t.opened_at < (d.today - p.overdue_days + 1)::timestamp AT TIME ZONE p.timezone"
    " CROSS JOIN LATERAL (SELECT d.today - greatest(t.due_on, (t.opened_at AT TIME ZONE p.timezone)::date)) o (days)"
    "  LEFT JOIN LATERAL (SELECT pg_catalog.max(n.days) FROM winback.overdue_notice n"
    "                      WHERE n.task_id = t.task_id AND n.due_on = t.due_on) n (days) ON true"
    " WHERE n.days IS NULL OR o.days >= n.days + p.overdue_again_days"
    " ORDER BY t.task_id";

// Where a task stands: the first column.
ItemPointerData place_of(HeapTuple row, TupleDesc description) {
  return *reinterpret_cast<ItemPointer>(DatumGetPointer(pg::datum_of(row, description, 1)));
}

// A task that is to change hands.
struct Move {
  ItemPointerData place;
  std::string from, to, why;  // empty: the pool
};

// Who may be dealt to.
struct Member {
  std::string name;
  std::int64_t has;   // open tasks
  std::int64_t room;  // for so many more
  double weight;

  double share() const { return static_cast<double>(has) / weight; }
};

class Managers {
 public:
  Managers(const capture::Setup& setup, core::Instant clock)
      : setup_(setup), clock_(clock), same_client_("c.client_id " + setup.key.equals() + " t.client_id"),
        lost_client_("g.client_id " + setup.key.equals() + " t.client_id"),
        member_(setup.tables.return_manager), task_(setup.tables.task), assignment_(setup.tables.task_assignment),
        context_("winback task", CurrentMemoryContext) {}

  // Has the tasks that a query names change hands.
  void move(const char* query) {
    std::vector<Move> moves;
    read(std::string(kToday) + query, {}, [&](HeapTuple row, TupleDesc description) {
      moves.push_back({place_of(row, description), pg::text_of(row, description, 2), pg::text_of(row, description, 3),
                       pg::text_of(row, description, 4)});
      return true;
    });
    for (const Move& one : moves) move(one);
  }

  // Deals the pool to the members that can be had; returns how many tasks were dealt. The pool is ranked, which takes a
  // look at every lost client, only once there is room.
  int deal() {
    bool any = false;
    read(any_in_pool(), {}, [&](HeapTuple, TupleDesc) { return any = true; });
    if (!any) return 0;
    std::vector<Member> members = members_with_room();
    if (members.empty()) return 0;
    std::vector<ItemPointerData> places;
    read(pool(same_client_, lost_client_), {}, [&](HeapTuple row, TupleDesc description) {
      places.push_back(place_of(row, description));
      return true;
    });
    int dealt = 0;
    for (const ItemPointerData& place : places) {
      if (members.empty()) break;
      const auto next = std::ranges::min_element(members, {}, &Member::share);
      if (!move({place, {}, next->name, "dealt"})) continue;
      ++dealt;
      ++next->has;
      if (--next->room == 0) members.erase(next);
    }
    return dealt;
  }

 private:
  // Reads with a query whose first argument is the clock.
  void read(const std::string& query, const std::optional<Datum>& names, const pg::Query::Visitor& visit) {
    const pg::AsOwner owner(setup_.owner);
    std::vector<Oid> types{TIMESTAMPTZOID};
    std::vector<Datum> arguments{TimestampTzGetDatum(clock_)};
    if (names) {
      types.push_back(TEXTARRAYOID);
      arguments.push_back(*names);
    }
    pg::Query(query, types).read(arguments, visit);
  }

  // Locks the members that no other session has; then nobody else gives them tasks of the pool. Those who may be dealt
  // to, in the order of their names.
  std::vector<Member> members_with_room() {
    const int name = member_.column("manager");
    const int enabled = member_.column("enabled");
    std::vector<Datum> held;
    member_.scan_all([&](const pg::Values& row, ItemPointerData place) {
      if (DatumGetBool(row.values[enabled]) && member_.hold_at(place)) held.push_back(row.values[name]);
    });
    std::vector<Member> members;
    if (held.empty()) return members;
    const Datum names = pg::call([&] {
      return PointerGetDatum(construct_array(held.data(), static_cast<int>(held.size()), TEXTOID, -1, false,
                                             TYPALIGN_INT));
    });
    read(winback::work::members(same_client_), names, [&](HeapTuple row, TupleDesc description) {
      const bool limited = !pg::text_of(row, description, 3).empty();
      members.push_back({pg::text_of(row, description, 1), DatumGetInt64(pg::datum_of(row, description, 2)),
                         limited ? DatumGetInt64(pg::datum_of(row, description, 3))
                                 : std::numeric_limits<std::int64_t>::max(),
                         static_cast<double>(DatumGetInt32(pg::datum_of(row, description, 4)))});
      return true;
    });
    return members;
  }

  // Gives a task to another, and writes that down; false if another session has it, or has changed it since.
  bool move(const Move& move) {
    pg::check_interrupts();
    if (!task_.hold_at(move.place)) return false;
    const pg::InContext in(context_.get());
    pg::Values task = task_.row();
    put(task, task_.column("assignee"), move.to);
    task_.update_held(task);
    pg::Values row(assignment_.columns());
    const int number = assignment_.column("assignment_id");
    row.set(number, assignment_.next_identity(number));
    row.set(assignment_.column("task_id"), task.values[task_.column("task_id")]);
    row.set(assignment_.column("assigned_at"), TimestampTzGetDatum(clock_));
    put(row, assignment_.column("from_assignee"), move.from);
    put(row, assignment_.column("to_assignee"), move.to);
    put(row, assignment_.column("reason"), move.why);
    assignment_.insert(row);
    context_.reset();
    return true;
  }

  // Sets a column to a name; empty: null.
  static void put(pg::Values& row, int column, const std::string& name) {
    if (name.empty())
      row.clear(column);
    else
      row.set(column, pg::text_datum(name));
  }

  const capture::Setup& setup_;
  core::Instant clock_;
  std::string same_client_, lost_client_;
  pg::Table member_, task_, assignment_;
  pg::OwnContext context_;  // of one task
};

// Writes a notice of each task that has been overdue for long enough, and tells those who listen.
void notice_overdue(const capture::Setup& setup, core::Instant clock) {
  // Taken by no other sweep: what an earlier one has written is committed, and seen below.
  const Oid notices = setup.tables.overdue_notice;
  if (!pg::call([&] { return ConditionalLockRelationOid(notices, ShareUpdateExclusiveLock); })) return;
  ledger::Patience none(0);
  ledger::lock_soon(notices, RowExclusiveLock, none);
  pg::Table table(notices);
  const int notice_id = table.column("notice_id");
  const int task_id = table.column("task_id");
  const int noticed_at = table.column("noticed_at");
  const int due_on = table.column("due_on");
  const int days = table.column("days");
  const int assignee = table.column("assignee");
  std::vector<pg::Values> rows;
  int again = 0;
  int longest = 0;
  const MemoryContext context = CurrentMemoryContext;
  {
    const pg::AsOwner owner(setup.owner);
    pg::Query(kOverdue, {TIMESTAMPTZOID}).read({TimestampTzGetDatum(clock)}, [&](HeapTuple row, TupleDesc description) {
      const pg::InContext in(context);
      pg::Values notice(table.columns());
      notice.set(task_id, pg::datum_of(row, description, 1));
      notice.set(noticed_at, TimestampTzGetDatum(clock));
      notice.set(due_on, pg::datum_of(row, description, 2));
      notice.set(days, pg::datum_of(row, description, 3));
      if (const std::string name = pg::text_of(row, description, 4); !name.empty())
        notice.set(assignee, pg::text_datum(name));
      again += DatumGetBool(pg::datum_of(row, description, 5));
      longest = std::max(longest, DatumGetInt32(pg::datum_of(row, description, 3)));
      rows.push_back(std::move(notice));
      return true;
    });
  }
  if (rows.empty()) return;
  for (pg::Values& row : rows) {
    row.set(notice_id, table.next_identity(notice_id));
    table.insert(row);
    pg::check_interrupts();
  }
  const std::string payload = "{\"tasks\": " + std::to_string(rows.size()) + ", \"again\": " + std::to_string(again) +
                              ", \"longest_days\": " + std::to_string(longest) + "}";
  pg::notify_at_commit(kOverdueChannel, payload);
}

}  // namespace

int see_to_managers(const capture::Setup& setup, core::Instant clock) {
  ledger::Patience none(0);
  const capture::LedgerTables& tables = setup.tables;
  for (const Oid table : {tables.return_manager, tables.task, tables.task_assignment})
    ledger::lock_soon(table, RowExclusiveLock, none);
  Managers managers(setup, clock);
  managers.move(kOfAbsent);
  managers.move(kOfReturned);
  const int dealt = managers.deal();
  notice_overdue(setup, clock);
  return dealt;
}

}  // namespace winback::work

using namespace winback;

// _open_tasks_of(manager text): how many open tasks a manager has, as the newest committed state and this transaction's
// own changes show them.
WINBACK_FUNCTION(winback_open_tasks_of) {
  const auto setup = capture::need_setup();
  const pg::Spi spi;
  const pg::AsOwner owner(setup->owner);
  std::int64_t count = 0;
  pg::Query("SELECT pg_catalog.count(*) FROM winback.task t WHERE t.assignee = $1 AND t.status = 'open'", {TEXTOID})
      .read({PG_GETARG_DATUM(0)}, [&](HeapTuple row, TupleDesc description) {
        count = DatumGetInt64(pg::datum_of(row, description, 1));
        return true;
      });
  return Int64GetDatum(count);
}
