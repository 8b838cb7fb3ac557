// See dossier.hpp.
#include "ledger/dossier.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "pg/money.hpp"

namespace winback::ledger {

namespace {

using capture::Meaning;
using capture::SourceKind;

constexpr std::array<std::string_view, 10> kEventKinds = {
    "", "nps", "conflict", "complaint", "inquiry", "offer", "usage", "write_off", "take_back", "interaction_status"};
constexpr std::array kProfileTexts = {Meaning::name, Meaning::manager, Meaning::channel, Meaning::region,
                                      Meaning::department};

// Added to the number of the source of a merged client's facts.
constexpr int kMerged = 1 << 30;

// Most clients have no more facts than that.
constexpr std::size_t kUsualFacts = 16;

// What a word means as the kind of an event.
EventKind event_kind(std::string_view name) {
  const auto found = std::find(kEventKinds.begin() + 1, kEventKinds.end(), name);
  return found == kEventKinds.end() ? EventKind::other : static_cast<EventKind>(found - kEventKinds.begin());
}

// The kind of fact that an event is for the client's status; nullopt: it does not bear on it.
std::optional<core::FactKind> life_fact(const Item& item) {
  switch (item.event) {
    case EventKind::nps:
      // A score below zero or none at all is no score.
      if (item.number.null || pg::to_double(item.number.datum) < 0) return std::nullopt;
      return core::FactKind::score;
    case EventKind::conflict:
      return core::FactKind::conflict;
    case EventKind::inquiry:
      return core::FactKind::inquiry;
    case EventKind::offer:
      return core::FactKind::offer;
    case EventKind::usage:
      // Less than nothing is no use; who does not say how much has used it once.
      if (!item.number.null && pg::to_double(item.number.datum) < 0) return std::nullopt;
      return core::FactKind::usage;
    case EventKind::write_off:
      return core::FactKind::write_off;
    case EventKind::take_back:
      return core::FactKind::take_back;
    default:
      return std::nullopt;
  }
}

}  // namespace

Item item_of(const capture::Setup& setup, const capture::Source& source, const capture::RowReader& reader,
             const capture::Fact& fact) {
  Item item;
  item.kind = source.kind;
  item.source = source.id + (fact.merged ? kMerged : 0);
  if (fact.has_time) item.at = fact.at;
  switch (source.kind) {
    case SourceKind::orders: {
      const capture::Value& amount = fact.value(Meaning::amount);
      if (!amount.null) item.number = {pg::copy_money(amount.datum), false};
      break;
    }
    case SourceKind::calls:
      item.contact = setup.is_contact(fact.value(Meaning::seconds));
      break;
    case SourceKind::clients: {
      for (std::size_t i = 0; i < kProfileTexts.size(); ++i)
        if (!fact.value(kProfileTexts[i]).null) item.texts[i] = reader.text_of(fact, kProfileTexts[i]);
      const capture::Value& barred = fact.value(Meaning::do_not_contact);
      item.do_not_contact = !barred.null && DatumGetBool(barred.datum);
      break;
    }
    case SourceKind::events: {
      item.event = event_kind(reader.text_of(fact, Meaning::kind));
      const capture::Value& value = fact.value(Meaning::value);
      if (!value.null) item.number = {pg::copy_money(value.datum), false};
      if (!fact.value(Meaning::note).null) item.texts[0] = reader.text_of(fact, Meaning::note);
      break;
    }
    case SourceKind::aliases:
    case SourceKind::lines:
      break;  // no facts
  }
  return item;
}

Item item_of(const capture::Setup& setup, const capture::AddedFact& fact) {
  Item item;
  item.kind = fact.kind;
  item.at = fact.at;
  item.number = fact.value();
  item.contact = item.kind == SourceKind::calls && setup.is_contact(fact.value());
  return item;
}

Dossier::Dossier(const capture::Setup& setup, Datum client) : setup_(setup), client_(client) {
  orders_.reserve(kUsualFacts);
  life_facts_.reserve(kUsualFacts);
}

void Dossier::add(const Item& item) {
  empty_ = false;
  if (item.at && (!began_at_ || *item.at < *began_at_)) began_at_ = item.at;
  switch (item.kind) {
    case SourceKind::clients:
      return take_profile(item);
    case SourceKind::orders:
      return add_order(*item.at, item.number.null ? pg::Amount() : pg::amount_of(item.number.datum));
    case SourceKind::calls:
      if (item.contact) last_contact_at_ = std::max(last_contact_at_.value_or(core::kBeginningOfTime), *item.at);
      return;
    case SourceKind::events:
      return take_event(item);
    case SourceKind::aliases:
    case SourceKind::lines:
      return;
  }
}

// Of several rows the first source's non-null text counts, within a source the least; any row can bar contact.
void Dossier::take_profile(const Item& item) {
  Text* const texts[] = {&profile_.name, &profile_.manager, &profile_.channel, &profile_.region, &profile_.department};
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    if (!item.texts[i]) continue;
    const bool first = !*texts[i] || std::pair(item.source, *item.texts[i]) < std::pair(profile_source_[i], **texts[i]);
    if (first) *texts[i] = item.texts[i], profile_source_[i] = item.source;
  }
  if (item.at && (!profile_.registered_at || *item.at < *profile_.registered_at)) profile_.registered_at = item.at;
  profile_.do_not_contact |= item.do_not_contact;
}

// An order counts in the sums; a purchase bears on the status, and warms the client, too.
void Dossier::add_order(core::Instant at, const pg::Amount& amount) {
  empty_ = false;
  began_at_ = std::min(began_at_.value_or(at), at);
  const bool is_return = pg::is_negative(amount);
  orders_.push_back({at, amount, is_return});
  if (is_return) return;
  life_facts_.push_back({at, core::FactKind::purchase, 0});
  approach(at, 0, "warm");
}

// An event may bear on the status, and on how the client is to be approached.
void Dossier::take_event(const Item& item) {
  if (const auto kind = life_fact(item)) {
    const double unsaid = kind == core::FactKind::usage ? 1 : 0;
    life_facts_.push_back({*item.at, *kind, item.number.null ? unsaid : pg::to_double(item.number.datum)});
  }
  if (item.event == EventKind::complaint) approach(*item.at, 1, "cold");
  if (item.event == EventKind::interaction_status && item.texts[0] && setup_.contact_every.contains(*item.texts[0]))
    approach(*item.at, 2, *item.texts[0]);
}

// Takes over how the client is to be approached, if nothing later says otherwise.
void Dossier::approach(core::Instant at, int rank, std::string_view status) {
  if (std::tuple(at, rank, status) > std::tuple(approach_.at, approach_.rank, std::string_view(approach_.status)))
    approach_ = {at, rank, std::string(status)};
}

// Counts and sums of the orders.
void Dossier::sum_up(ClientRow& row) const {
  row.revenue = row.period_revenue = pg::to_numeric({});
  for (const Order& order : orders_) {
    if (order.is_return) continue;
    ++row.orders;
    row.first_order_at = std::min(row.first_order_at.value_or(core::kEndOfTime), order.at);
    row.last_order_at = std::max(row.last_order_at.value_or(core::kBeginningOfTime), order.at);
  }
  if (row.orders == 0) return;
  const core::Instant after = period_begins_after(setup_, *row.last_order_at);
  pg::Amount earlier, within;
  for (const Order& order : orders_) {
    pg::Amount& sum = order.at > after ? within : earlier;
    sum = pg::sum(sum, order.amount);
    if (order.at > after) row.period_first_at = std::min(row.period_first_at.value_or(core::kEndOfTime), order.at);
  }
  row.revenue = pg::to_numeric(pg::sum(earlier, within));
  row.period_revenue = pg::to_numeric(within);
}

// What of the revenue is not of purchases on days after the first; nothing without a purchase.
Datum Dossier::unrepeated_revenue(std::optional<core::Day> first_day) const {
  pg::Amount sum;
  if (first_day)
    for (const Order& order : orders_)
      if (order.is_return || setup_.calendar->local_day(order.at) == *first_day) sum = pg::sum(sum, order.amount);
  return pg::to_numeric(sum);
}

ClientRow Dossier::row() {
  ClientRow row;
  row.client = client_;
  row.profile = profile_;
  sum_up(row);
  if (approach_.rank >= 0) {
    row.interaction_status = approach_.status;
    row.interaction_since = approach_.at;
  }
  row.last_contact_at = last_contact_at_;
  std::sort(life_facts_.begin(), life_facts_.end());
  core::LifeWriter life = core::replay(began_at_, life_facts_, setup_.rules, *setup_.calendar);
  row.life = life.life();
  row.unrepeated_revenue = unrepeated_revenue(row.life.first_day);
  changes_ = life.changes();
  row.outlook = core::outlook(row.life, setup_.newest_rules(), *setup_.calendar);
  row.contact_due_on = contact_due_on(setup_, row);
  return row;
}

core::Instant period_begins_after(const capture::Setup& setup, core::Instant last_order_at) {
  return setup.value_period ? setup.calendar->add(last_order_at, -*setup.value_period) : core::kBeginningOfTime;
}

std::optional<core::Day> contact_due_on(const capture::Setup& setup, const ClientRow& row) {
  const auto lost_at = row.life.status == core::Status::lost ? row.life.since : row.outlook.lost_at;
  if (!lost_at || row.life.status == core::Status::written_off || row.profile.do_not_contact) return std::nullopt;
  const auto every = setup.contact_every.find(row.interaction_status);
  core::Day due = setup.calendar->local_day(*lost_at);
  if (row.last_contact_at && every != setup.contact_every.end())
    due = std::max(due, setup.calendar->add_days(setup.calendar->local_day(*row.last_contact_at), every->second));
  return setup.calendar->working_day(due);
}

}  // namespace winback::ledger
