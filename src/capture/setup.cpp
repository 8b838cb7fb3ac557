// See setup.hpp.
#include "capture/setup.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "capture/parts.hpp"
#include "pg/identity.hpp"
#include "pg/money.hpp"
#include "pg/query.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "tcop/utility.h"
#include "utils/date.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace winback::capture {

namespace {

// What this session knows. Never destroyed: a backend's exit is no time to give memory back to the server.
struct Cache {
  std::shared_ptr<const Setup> setup;
  std::set<Oid> looked_at;  // relations whose change makes it void
  std::uint64_t changes = 0;  // of those relations, as far as heard of
  int read_within = 0;  // the nesting level of the transaction that it was read in, 0 once that has committed
  bool valid = false;
  bool hooked = false;
};

// The one cache of the session.
Cache& cache() {
  static auto* const only = new Cache;
  return *only;
}

// Relcache callback: the setup is void when a table that it depends on changes. Must not throw.
void forget(Datum, Oid relation) {
  if (relation != InvalidOid && !cache().looked_at.contains(relation)) return;
  cache().valid = false;
  ++cache().changes;
}

// Syscache callback: roles have come, gone or been renamed. Must not throw.
void forget_roles(Datum, int, uint32) { cache().valid = false; }

// A setup that is read in a transaction shows what that has changed, for which no message may have been sent yet: when
// the transaction fails, or is prepared and so becomes somebody else's, the setup goes with it. Must not throw.
void at_transaction_end(XactEvent event, void*) {
  Cache& known = cache();
  if (known.read_within == 0) return;
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) known.valid = false;
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE || event == XACT_EVENT_COMMIT) known.read_within = 0;
}

// The same for a savepoint; released, it leaves the setup to the transaction around it.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  Cache& known = cache();
  const int level = GetCurrentTransactionNestLevel();
  if (known.read_within < level) return;
  if (event == SUBXACT_EVENT_ABORT_SUB) known.valid = false;
  if (event == SUBXACT_EVENT_ABORT_SUB || event == SUBXACT_EVENT_COMMIT_SUB) known.read_within = level - 1;
}

// Finds the ledger's tables; false where there are none.
bool find_tables(LedgerTables& tables) {
  return pg::call([&] {
    tables.schema = get_namespace_oid("winback", true);
    if (!OidIsValid(tables.schema)) return false;
    const auto find = [&](const char* name) { return get_relname_relid(name, tables.schema); };
    tables.ledger = find("ledger");
    tables.client = find("client");
    tables.client_key = find("client_pkey");
    tables.client_version = find("client_version");
    tables.status_change = find("status_change");
    tables.status_change_client = find("status_change_client");
    tables.task = find("task");
    tables.task_client = find("task_client");
    tables.stale = find("stale");
    tables.rejected = find("rejected");
    tables.rejected_row = find("rejected_row");
    tables.frozen = find("frozen");
    tables.frozen_client = find("frozen_client");
    tables.return_manager = find("return_manager");
    tables.task_assignment = find("task_assignment");
    tables.overdue_notice = find("overdue_notice");
    tables.process = find("process");
    tables.process_client = find("process_client");
    tables.process_step = find("process_step");
    return OidIsValid(tables.ledger) && OidIsValid(tables.client);
  });
}

// The role that owns a relation.
Oid owner_of(Oid relation) {
  return pg::call([&] {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "relation %u of winback's ledger is gone", relation);
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
  });
}

// Runs a query over the setting tables.
void each_row(const std::string& sql, const pg::Query::Visitor& visit) {
  pg::Query(sql, {}).read({}, visit);
}

// A column of a row, by position from 1.
Value column(HeapTuple row, TupleDesc description, int number) {
  Value value;
  value.datum = pg::call([&] { return SPI_getbinval(row, description, number, &value.null); });
  return value;
}

// An interval, or nullopt for null.
std::optional<core::Interval> interval_of(const Value& value) {
  if (value.null) return std::nullopt;
  return pg::from_server(*DatumGetIntervalP(value.datum));
}

}  // namespace

Setup::Setup(const LedgerTables& ledger_tables)
    : tables(ledger_tables),
      context("winback setup", TopMemoryContext),
      owner(owner_of(tables.client)),
      key(client_type(), context.get()),
      merges(key, context.get()) {
  const pg::Spi spi;
  const pg::AsRole role(owner);
  const pg::PinnedSettings settings("UTC", "pg_catalog, pg_temp");
  each_row("SELECT version FROM winback.ledger", [&](HeapTuple row, TupleDesc description) {
    const std::string version = pg::text_of(row, description, 1);
    if (version != kLedgerVersion)
      throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                      "the ledger is of version " + version + ", winback of version " + kLedgerVersion, {},
                      "SELECT winback.init(NULL) brings the ledger up to date, or says how.");
    return true;
  });
  read_policy();
  read_task_kinds();
  read_segments();
  read_rules();
  read_fit();
  read_sources();
  merges.read();
}

// The type of winback.client.client_id.
Oid Setup::client_type() const {
  return pg::call([&] { return get_atttype(tables.client, get_attnum(tables.client, "client_id")); });
}

// Reads winback.policy, and what says how clients are contacted: calendar and interaction statuses.
void Setup::read_policy() {
  std::string time_zone = "UTC";
  unsigned working_days = 0;
  each_row(
      "SELECT p.timezone, p.contact_seconds, p.value_period,"
      " (SELECT coalesce(bit_or(1 << d), 0) FROM unnest(p.working_days) d), p.horizon, p.margin, p.discount_rate"
      " FROM winback.policy p",
      [&](HeapTuple row, TupleDesc description) {
        time_zone = pg::text_of(row, description, 1);
        contact_seconds = pg::copy_money(column(row, description, 2).datum, context.get());
        value_period = interval_of(column(row, description, 3));
        working_days = DatumGetInt32(column(row, description, 4).datum);
        horizon = *interval_of(column(row, description, 5));
        margin = DatumGetFloat8(column(row, description, 6).datum);
        discount_rate = DatumGetFloat8(column(row, description, 7).datum);
        return true;
      });
  if (!contact_seconds)
    throw pg::Error(ERRCODE_NO_DATA_FOUND, "winback.policy is empty", {}, "It must have its one row.");
  std::map<core::Day, bool> exceptions;
  each_row("SELECT day, working FROM winback.calendar WHERE isfinite(day)",
           [&](HeapTuple row, TupleDesc description) {
             exceptions[DatumGetDateADT(column(row, description, 1).datum)] =
                 DatumGetBool(column(row, description, 2).datum);
             return true;
           });
  calendar = std::make_unique<pg::ServerCalendar>(time_zone, working_days, std::move(exceptions));
  each_row("SELECT name, contact_every FROM winback.interaction_status", [&](HeapTuple row, TupleDesc description) {
    contact_every[pg::text_of(row, description, 1)] = *interval_of(column(row, description, 2));
    return true;
  });
}

// Reads how the task that winback itself opens is called.
void Setup::read_task_kinds() {
  each_row("SELECT title FROM winback.task_kind WHERE kind = 'call_lost_client'",
           [&](HeapTuple row, TupleDesc description) {
             call_task_title = pg::text_of(row, description, 1);
             return true;
           });
}

// Reads of whom a playbook may have to be begun.
void Setup::read_segments() {
  each_row("SELECT DISTINCT status FROM winback.segment WHERE enabled AND playbook IS NOT NULL",
           [&](HeapTuple row, TupleDesc description) {
             if (const auto status = core::status_named(pg::text_of(row, description, 1)))
               entered_from.push_back(*status);
             return true;
           });
}

// The columns of a fit f, and the fit that stands in them, from this one on; nullopt where that is null.
constexpr const char* kFit =
    " f.model, extract(epoch FROM f.unit)::float8 / 86400, (f.parameters ->> 'r')::float8,"
    " (f.parameters ->> 'alpha')::float8, coalesce(f.parameters ->> 'a', f.parameters ->> 's')::float8,"
    " coalesce(f.parameters ->> 'b', f.parameters ->> 'beta')::float8";
std::optional<core::OrderFit> fit_of(HeapTuple row, TupleDesc description, int first) {
  if (column(row, description, first).null) return std::nullopt;
  const auto number = [&](int i) { return DatumGetFloat8(column(row, description, first + i).datum); };
  return core::OrderFit{core::model_named(pg::text_of(row, description, first)).value(),
                        {number(2), number(3), number(4), number(5)}, number(1)};
}

std::optional<core::OrderFit> order_fit(std::int64_t fit_id) {
  const pg::Spi spi;
  std::optional<core::OrderFit> fit;
  each_row("SELECT" + std::string(kFit) + " FROM winback.model_fit f WHERE f.fit_id = " + std::to_string(fit_id),
           [&](HeapTuple row, TupleDesc description) {
             fit = fit_of(row, description, 1);
             return true;
           });
  return fit;
}

// Reads the fits by which clients are scored.
void Setup::read_fit() {
  each_row("SELECT" + std::string(kFit) + " FROM winback.rule r JOIN winback.model_fit f ON f.fit_id = r.fit_id",
           [&](HeapTuple row, TupleDesc description) {
             fit = fit_of(row, description, 1);
             return true;
           });
  each_row("SELECT (f.parameters ->> 'p')::float8, (f.parameters ->> 'q')::float8, (f.parameters ->> 'gamma')::float8"
           " FROM winback.value_fit_in_force v JOIN winback.model_fit f USING (fit_id)",
           [&](HeapTuple row, TupleDesc description) {
             const auto number = [&](int i) { return DatumGetFloat8(column(row, description, i).datum); };
             value_fit = core::Parameters{number(1), number(2), number(3)};
             return true;
           });
}

// Reads every version of the rules; a rule that this library does not know is left out.
void Setup::read_rules() {
  each_row(
      "SELECT h.valid_from, h.rule, h.position, h.enabled, h.after, h.factor, h.floor, h.ceiling, h.at_most::float8,"
      "       h.more_than, h.threshold," +
          std::string(kFit) +
          " FROM winback.rule_history h LEFT JOIN winback.model_fit f ON f.fit_id = h.fit_id"
          " ORDER BY h.valid_from, h.position",
      [&](HeapTuple row, TupleDesc description) {
        const auto valid_from = DatumGetTimestampTz(column(row, description, 1).datum);
        if (rules.empty() || rules.back().valid_from != valid_from) rules.push_back({valid_from, {}});
        const auto name = core::rule_named(pg::text_of(row, description, 2));
        if (!name) return true;
        core::Rule& rule = rules.back()[*name];
        const auto number = [&](int position) {
          const Value value = column(row, description, position);
          return value.null ? std::nullopt : std::optional<double>(DatumGetFloat8(value.datum));
        };
        rule.position = DatumGetInt32(column(row, description, 3).datum);
        rule.enabled = DatumGetBool(column(row, description, 4).datum);
        rule.after = interval_of(column(row, description, 5));
        rule.factor = number(6);
        rule.floor = interval_of(column(row, description, 7));
        rule.ceiling = interval_of(column(row, description, 8));
        rule.at_most = number(9).value_or(-1);
        const Value more_than = column(row, description, 10);
        rule.more_than = more_than.null ? std::numeric_limits<int>::max() : DatumGetInt32(more_than.datum);
        rule.threshold = number(11).value_or(0);
        rule.fit = fit_of(row, description, 12);
        return true;
      });
  if (rules.empty())
    throw pg::Error(ERRCODE_NO_DATA_FOUND, "winback.rule_history is empty", {}, "It must have the shipped rules.");
}

// Reads the watched tables.
void Setup::read_sources() {
  each_row(
      "SELECT s.source_id, s.kind, s.relation::oid, coalesce(r.oid, c.relowner, 0), s.search_path, s.expressions,"
      " s.name, s.by_alias, coalesce(s.order_table::oid, 0), s.detached FROM winback.source s"
      " LEFT JOIN pg_roles r ON r.rolname = s.given_by LEFT JOIN pg_class c ON c.oid = s.relation ORDER BY s.source_id",
      [&](HeapTuple row, TupleDesc description) {
        Source source;
        source.id = DatumGetInt32(column(row, description, 1).datum);
        source.kind = kind_named(pg::text_of(row, description, 2));
        source.relation = DatumGetObjectId(column(row, description, 3).datum);
        source.given_by = DatumGetObjectId(column(row, description, 4).datum);
        source.search_path = pg::text_of(row, description, 5);
        read_expressions(source, column(row, description, 6).datum);
        source.name = pg::text_of(row, description, 7);
        source.by_alias = DatumGetBool(column(row, description, 8).datum);
        source.orders = DatumGetObjectId(column(row, description, 9).datum);
        const bool is_detached = DatumGetBool(column(row, description, 10).datum);
        (is_detached ? detached : sources).push_back(std::move(source));
        return true;
      });
  for (auto* list : {&sources, &detached})
    for (Source& source : *list)
      source.has_lines = source.kind == SourceKind::orders && source.expression(Meaning::item_id) &&
                         !lines_of(source.relation).empty();
  if (detached.empty()) return;
  each_row("SELECT FROM winback.frozen LIMIT 1", [&](HeapTuple, TupleDesc) { return !(has_frozen = true); });
}

bool Setup::is_contact(const Value& seconds) const {
  return !seconds.null && pg::compare(seconds.datum, contact_seconds) > 0;
}

std::vector<const Source*> Setup::lines_of(Oid orders) const {
  std::vector<const Source*> lines;
  for (const Source& source : sources)
    if (source.kind == SourceKind::lines && source.orders == orders) lines.push_back(&source);
  return lines;
}

bool Setup::finds_by_alias() const { return std::ranges::any_of(sources, &Source::by_alias); }

RowReader& Setup::reader(const Source& source, Relation relation) const {
  Compiled& compiled = readers_[{source.id, RelationGetRelid(relation)}];
  if (!compiled.reader || compiled.changes != cache().changes) {
    cache().looked_at.insert(RelationGetRelid(relation));
    const std::uint64_t changes = cache().changes;
    auto reader = std::make_unique<RowReader>(source, relation, key, *calendar, context.get());
    if (compiled.reader) outdated_.push_back(std::move(compiled.reader));
    compiled = {std::move(reader), changes};
  }
  return *compiled.reader;
}

const std::vector<Reading>& Setup::readings(Relation relation) const {
  if (const auto* ready = readings_if_ready(relation)) return *ready;
  const Oid id = RelationGetRelid(relation);
  cache().looked_at.insert(id);
  const std::uint64_t changes = cache().changes;
  const std::set<Oid> wholes = wholes_of(id);
  Readings found{{}, changes};
  for (const Source& source : sources)
    if (wholes.contains(source.relation)) found.all.push_back({&source, &reader(source, relation)});
  return (readings_[id] = std::move(found)).all;
}

const std::vector<Reading>* Setup::readings_if_ready(Relation relation) const {
  const auto known = readings_.find(RelationGetRelid(relation));
  return known != readings_.end() && known->second.changes == cache().changes ? &known->second.all : nullptr;
}

std::shared_ptr<const Setup> setup_if_read() { return cache().valid ? cache().setup : nullptr; }

std::shared_ptr<const Setup> setup() {
  Cache& known = cache();
  if (!known.hooked) {
    pg::call([] {
      CacheRegisterRelcacheCallback(forget, Datum(0));
      CacheRegisterSyscacheCallback(AUTHOID, forget_roles, Datum(0));
      RegisterXactCallback(at_transaction_end, nullptr);
      RegisterSubXactCallback(at_savepoint_end, nullptr);
    });
    known.hooked = true;
  }
  pg::call([] { AcceptInvalidationMessages(); });
  if (known.valid) return known.setup;
  LedgerTables tables;
  if (!find_tables(tables)) return nullptr;
  // What was looked at before stays: somebody may still read rows by the setup from before.
  known.looked_at.insert({tables.ledger, tables.client});
  known.valid = true;  // what changes while it is read makes it void again
  known.read_within = GetCurrentTransactionNestLevel();
  try {
    known.setup = std::make_shared<Setup>(tables);
  } catch (...) {
    known.valid = false;
    throw;
  }
  for (const Source& source : known.setup->sources) known.looked_at.insert(source.relation);
  return known.setup;
}

std::shared_ptr<const Setup> need_setup() {
  auto found = setup();
  if (!found)
    throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "winback has no ledger in this database", {},
                    "Watch a table, or call winback.init() with the type of your client keys.");
  return found;
}

void announce_changed_setup() {
  LedgerTables tables;
  if (!find_tables(tables)) return;
  pg::call([&] {
    PreventCommandIfReadOnly("a change of winback's settings");
    CacheInvalidateRelcacheByRelid(tables.ledger);
    CommandCounterIncrement();
  });
  cache().valid = false;
}

}  // namespace winback::capture
