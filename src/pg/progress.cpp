// See progress.hpp.
#include "pg/progress.hpp"

#include <algorithm>
#include <iterator>

#include "pg/entry.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"

extern "C" {
#include "commands/dbcommands.h"
#include "utils/backend_status.h"
}

namespace winback::pg {

namespace {

// By Work.
constexpr const char* kWorks[] = {"rebuild", "init", "watch", "unwatch", "reattach",
                                  "redating", "verify", "sweep", "classify", "commit", "fit", "thresholds"};

// By Phase: its name, and what a NOTICE says was done with the rows; null: nothing is counted.
struct PhaseName {
  const char* name;
  const char* done;
};
constexpr PhaseName kPhases[] = {{"reading", "read"},
                                 {"matching", "found the clients of"},
                                 {"sorting", nullptr},
                                 {"writing", "written the clients of"},
                                 {"indexing", nullptr},
                                 {"comparing", "compared the clients of"},
                                 {"ranking", "ranked"},
                                 {"settling", "settled"},
                                 {"fitting", nullptr},
                                 {"judging", "judged the clients of"}};

// Our number of a command: "wb".
constexpr int kCommand = 0x7762;
// Our slots. Making an index writes to 0 and 3 to 16, whoever's the command is.
constexpr int kSlots[] = {1, 17, 18, 19};
enum Slot { work_and_phase, done, total, started_at };
constexpr std::int64_t kUnknown = -1;

constexpr TimestampTz kShowEvery = USECS_PER_SEC / 10;
constexpr TimestampTz kTellEvery = 5 * USECS_PER_SEC;

// Begins to show the progress of a command.
void start(int command, Oid target) {
  pgstat_progress_start_command(static_cast<ProgressCommandType>(command), target);
}

// Which command's progress this session shows.
int present_command() { return MyBEEntry ? static_cast<int>(MyBEEntry->st_progress_command) : 0; }

}  // namespace

Work work_of(const std::string& name) {
  const auto* const found = std::ranges::find_if(kWorks, [&](const char* one) { return name == one; });
  if (found == std::end(kWorks)) throw Error(ERRCODE_INVALID_PARAMETER_VALUE, "no work is called \"" + name + "\"");
  return static_cast<Work>(found - kWorks);
}

Progress::Progress(Work work, Oid ledger, bool tells)
    : work_(work),
      ledger_(ledger),
      tells_(tells && MyBackendType == B_BACKEND),
      started_at_(GetCurrentTimestamp()),
      told_at_(started_at_) {
  before_.command = present_command();
  if (before_.command == PROGRESS_COMMAND_INVALID) return;
  before_.target = MyBEEntry->st_progress_command_target;
  std::ranges::copy(MyBEEntry->st_progress_param, before_.values);
}

Progress::~Progress() {
  if (before_.command == PROGRESS_COMMAND_INVALID) {
    if (present_command() == kCommand) pgstat_progress_end_command();
    return;
  }
  start(before_.command, before_.target);
  for (int i = 0; i < PGSTAT_NUM_PROGRESS_PARAM; ++i) pgstat_progress_update_param(i, before_.values[i]);
}

void Progress::begin(Phase phase, std::optional<std::int64_t> total) {
  phase_ = phase;
  total_ = total;
  done_ = 0;
  shown_at_ = GetCurrentTimestamp();
  show();
  check_interrupts();
}

// Shows and tells how far it is, if it is time to.
void Progress::look() {
  const TimestampTz now = GetCurrentTimestamp();
  if (now - shown_at_ >= kShowEvery) {
    shown_at_ = now;
    show();
  }
  if (tells_ && now - told_at_ >= kTellEvery) {
    told_at_ = now;
    tell();
  }
}

// Writes the session's entry.
void Progress::show() const {
  if (present_command() != kCommand) start(kCommand, ledger_);
  const std::int64_t values[] = {static_cast<std::int64_t>(work_) << 8 | static_cast<std::int64_t>(phase_), done_,
                                 total_ ? std::max(*total_, done_) : kUnknown, started_at_};
  pgstat_progress_update_multi_param(std::size(values), kSlots, values);
}

// Tells the user.
void Progress::tell() const {
  const char* const what = kPhases[static_cast<int>(phase_)].done;
  if (!what) return;
  std::string text = std::string("winback has ") + what + " " + std::to_string(done_);
  // What is to be read is known from the statistics only.
  if (total_) text += std::string(" of ") + (phase_ == Phase::reading ? "about " : "") +
                      std::to_string(std::max(*total_, done_));
  text += phase_ == Phase::settling ? " clients" : " rows";
  call([&] { ereport(NOTICE, (errmsg_internal("%s", text.c_str()))); });
}

namespace {

// Puts the row of a session, if it is at long work of ours.
void put_session(const ResultRows& rows, const PgBackendStatus& session) {
  if (static_cast<int>(session.st_progress_command) != kCommand) return;
  const auto value = [&](Slot slot) { return session.st_progress_param[kSlots[slot]]; };
  const auto work = static_cast<std::size_t>(value(work_and_phase) >> 8);
  const auto phase = static_cast<std::size_t>(value(work_and_phase) & 0xff);
  if (work >= std::size(kWorks) || phase >= std::size(kPhases)) return;
  const auto name = [](const char* text) {
    return call([&] { return DirectFunctionCall1(namein, CStringGetDatum(text)); });
  };
  Values row = rows.row();
  row.set(0, Int32GetDatum(session.st_procpid));
  if (const char* database = call([&] { return get_database_name(session.st_databaseid); })) row.set(1, name(database));
  if (const char* user = call([&] { return GetUserNameFromId(session.st_userid, true); })) row.set(2, name(user));
  row.set(3, text_datum(kWorks[work]));
  row.set(4, text_datum(kPhases[phase].name));
  if (kPhases[phase].done) {
    row.set(5, Int64GetDatum(value(done)));
    if (value(total) != kUnknown) row.set(6, Int64GetDatum(value(total)));
  }
  row.set(7, TimestampTzGetDatum(value(started_at)));
  rows.put(row);
}

}  // namespace

}  // namespace winback::pg

// winback.progress(): the long work of all sessions, of every database of the server.
WINBACK_FUNCTION(winback_progress) {
  using namespace winback;
  const pg::ResultRows rows(fcinfo);
  const int sessions = pg::call([] { return pgstat_fetch_stat_numbackends(); });
  for (int i = 1; i <= sessions; ++i) {
    const LocalPgBackendStatus* const session = pg::call([&] {
#if PG_VERSION_NUM >= 160000
      return pgstat_get_local_beentry_by_index(i);
#else
      return pgstat_fetch_stat_local_beentry(i);
#endif
    });
    if (session) pg::put_session(rows, session->backendStatus);
  }
  PG_RETURN_NULL();
}
