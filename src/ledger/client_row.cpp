// See client_row.hpp.
#include "ledger/client_row.hpp"

extern "C" {
#include "utils/date.h"
}

namespace winback::ledger {

namespace {

enum Column {
  client_id, due_at, name, manager, channel, region, department, registered_at, do_not_contact,
  first_order_at, last_order_at, orders, revenue, period_revenue, period_first_at, first_day, last_day, purchase_days,
  interaction_status, interaction_since, last_contact_at, contact_due_on,
  began_at, first_status, last_fact_at, base_status, base_since, idle_since, at_risk_since, by_fact, loss_open,
  times_lost, times_returned, detractor_since, conflict_since, fruitless_since, inquiries, offer_since,
  written_off_since, usage_drop_at, at_risk_at, at_risk_by, lost_at, lost_by, recorded_status, unrepeated_revenue,
  open_tasks, recorded_at,
  kColumns
};
constexpr const char* kNames[kColumns] = {
    "client_id", "due_at", "name", "manager", "channel", "region", "department", "registered_at", "do_not_contact",
    "first_order_at", "last_order_at", "orders", "revenue", "period_revenue", "period_first_at", "first_day",
    "last_day", "purchase_days", "interaction_status", "interaction_since", "last_contact_at", "contact_due_on",
    "began_at", "first_status", "last_fact_at", "base_status", "base_since", "idle_since", "at_risk_since", "by_fact",
    "loss_open", "times_lost", "times_returned", "detractor_since", "conflict_since", "fruitless_since", "inquiries",
    "offer_since", "written_off_since", "usage_drop_at", "at_risk_at", "at_risk_by", "lost_at", "lost_by",
    "recorded_status", "unrepeated_revenue", "open_tasks", "recorded_at"};

// The status with this name; an Error if there is none.
core::Status status_of(const std::string& text) {
  const auto status = core::status_named(text);
  if (!status) throw pg::Error(ERRCODE_DATA_CORRUPTED, "winback.client has a status \"" + text + "\"");
  return *status;
}

// The rule with this name; nullopt for null.
std::optional<core::RuleName> rule_of(const Text& text) { return text ? core::rule_named(*text) : std::nullopt; }

}  // namespace

ClientColumns::ClientColumns(const pg::Table& table) : count_(table.columns()) {
  static_assert(kColumns <= kMost);
  for (int i = 0; i < kColumns; ++i) positions_[i] = table.column(kNames[i]);
}

ClientRow ClientColumns::read(const pg::Values& values) const {
  const auto at = [&](Column column) { return values.values[positions_[column]]; };
  const auto null = [&](Column column) { return static_cast<bool>(values.nulls[positions_[column]]); };
  const auto instant = [&](Column column) {
    return null(column) ? std::nullopt : std::optional<core::Instant>(DatumGetTimestampTz(at(column)));
  };
  const auto day = [&](Column column) {
    return null(column) ? std::nullopt : std::optional<core::Day>(DatumGetDateADT(at(column)));
  };
  const auto text = [&](Column column) { return null(column) ? Text() : Text(pg::text_string(at(column))); };

  ClientRow row;
  row.client = at(client_id);
  row.profile = {text(name), text(manager), text(channel), text(region), text(department), instant(registered_at),
                 DatumGetBool(at(do_not_contact))};
  row.first_order_at = instant(first_order_at);
  row.last_order_at = instant(last_order_at);
  row.orders = DatumGetInt64(at(orders));
  row.revenue = at(revenue);
  row.period_revenue = at(period_revenue);
  row.period_first_at = instant(period_first_at);
  row.unrepeated_revenue = at(unrepeated_revenue);
  row.interaction_status = pg::text_string(at(interaction_status));
  row.interaction_since = instant(interaction_since);
  row.last_contact_at = instant(last_contact_at);
  row.contact_due_on = day(contact_due_on);

  core::Life& life = row.life;
  life.began_at = instant(began_at);
  life.first_status = status_of(pg::text_string(at(first_status)));
  life.last_fact_at = instant(last_fact_at);
  life.last_purchase_at = row.last_order_at;
  life.first_day = day(first_day);
  life.last_day = day(last_day);
  life.purchase_days = DatumGetInt32(at(purchase_days));
  life.status = status_of(pg::text_string(at(base_status)));
  life.since = instant(base_since);
  life.idle_since = instant(idle_since);
  life.at_risk_since = instant(at_risk_since);
  life.loss_open = DatumGetBool(at(loss_open));
  life.times_lost = DatumGetInt32(at(times_lost));
  life.times_returned = DatumGetInt32(at(times_returned));
  life.detractor_since = instant(detractor_since);
  life.conflict_since = instant(conflict_since);
  life.fruitless_since = instant(fruitless_since);
  life.inquiries = DatumGetInt32(at(inquiries));
  life.offer_since = instant(offer_since);
  life.written_off_since = instant(written_off_since);
  life.usage_drop_at = instant(usage_drop_at);

  row.outlook = {instant(at_risk_at), rule_of(text(at_risk_by)), instant(lost_at), rule_of(text(lost_by)),
                 DatumGetBool(at(by_fact))};
  row.recorded_status = status_of(pg::text_string(at(recorded_status)));
  row.due_at = instant(due_at);
  row.open_tasks = DatumGetInt32(at(open_tasks));
  row.recorded_at = instant(recorded_at);
  return row;
}

pg::Values ClientColumns::write(const ClientRow& row) const {
  pg::Values values(count_);
  const auto set = [&](Column column, Datum value) { values.set(positions_[column], value); };
  const auto instant = [&](Column column, std::optional<core::Instant> value) {
    if (value) set(column, TimestampTzGetDatum(*value));
  };
  const auto day = [&](Column column, std::optional<core::Day> value) {
    if (value) set(column, DateADTGetDatum(*value));
  };
  const auto text = [&](Column column, const Text& value) {
    if (value) set(column, pg::text_datum(*value));
  };
  const auto status = [&](Column column, core::Status value) {
    set(column, pg::text_datum(name_of(value)));
  };
  const auto rule = [&](Column column, std::optional<core::RuleName> value) {
    if (value) set(column, pg::text_datum(core::name_of(*value)));
  };

  set(client_id, row.client);
  text(name, row.profile.name);
  text(manager, row.profile.manager);
  text(channel, row.profile.channel);
  text(region, row.profile.region);
  text(department, row.profile.department);
  instant(registered_at, row.profile.registered_at);
  set(do_not_contact, BoolGetDatum(row.profile.do_not_contact));
  instant(first_order_at, row.first_order_at);
  instant(last_order_at, row.last_order_at);
  set(orders, Int64GetDatum(row.orders));
  set(revenue, row.revenue);
  set(period_revenue, row.period_revenue);
  instant(period_first_at, row.period_first_at);
  set(unrepeated_revenue, row.unrepeated_revenue);
  day(first_day, row.life.first_day);
  day(last_day, row.life.last_day);
  set(purchase_days, Int32GetDatum(row.life.purchase_days));
  set(interaction_status, pg::text_datum(row.interaction_status));
  instant(interaction_since, row.interaction_since);
  instant(last_contact_at, row.last_contact_at);
  day(contact_due_on, row.contact_due_on);
  instant(began_at, row.life.began_at);
  status(first_status, row.life.first_status);
  instant(last_fact_at, row.life.last_fact_at);
  status(base_status, row.life.status);
  instant(base_since, row.life.since);
  instant(idle_since, row.life.idle_since);
  instant(at_risk_since, row.life.at_risk_since);
  set(by_fact, BoolGetDatum(row.outlook.by_fact));
  set(loss_open, BoolGetDatum(row.life.loss_open));
  set(times_lost, Int32GetDatum(row.life.times_lost));
  set(times_returned, Int32GetDatum(row.life.times_returned));
  instant(detractor_since, row.life.detractor_since);
  instant(conflict_since, row.life.conflict_since);
  instant(fruitless_since, row.life.fruitless_since);
  set(inquiries, Int32GetDatum(row.life.inquiries));
  instant(offer_since, row.life.offer_since);
  instant(written_off_since, row.life.written_off_since);
  instant(usage_drop_at, row.life.usage_drop_at);
  instant(at_risk_at, row.outlook.at_risk_at);
  rule(at_risk_by, row.outlook.at_risk_by);
  instant(lost_at, row.outlook.lost_at);
  rule(lost_by, row.outlook.lost_by);
  status(recorded_status, row.recorded_status);
  instant(due_at, row.due_at);
  set(open_tasks, Int32GetDatum(row.open_tasks));
  instant(recorded_at, row.recorded_at);
  return values;
}

const ClientColumns& client_columns(const std::shared_ptr<const capture::Setup>& setup, const pg::Table& client) {
  static std::shared_ptr<const capture::Setup> known;
  static std::optional<ClientColumns> columns;
  if (known != setup) {
    columns.emplace(client);
    known = setup;
  }
  return *columns;
}

}  // namespace winback::ledger
