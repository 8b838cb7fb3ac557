// See history.hpp.
#include "ledger/history.hpp"

#include <algorithm>

namespace winback::ledger {

namespace {

// The name of a rule; empty for none.
std::string rule_name(std::optional<core::RuleName> rule) {
  return rule ? std::string(core::name_of(*rule)) : std::string();
}

// The changes that stand or will stand: those of facts, then those that time brings; the first `recordable` of them are
// to be in the table: up to the last that a fact has brought or that the clock has passed.
struct Expected {
  std::vector<core::Change> changes;
  std::size_t recordable;
};

// What is expected of a row whose facts have brought these changes.
Expected expected(const ClientRow& row, std::vector<core::Change> changes, core::Instant clock) {
  Expected result{std::move(changes), 0};
  const auto ahead = core::upcoming(row.life, row.outlook);
  result.changes.insert(result.changes.end(), ahead.begin(), ahead.end());
  // Where a reported fact counts, whatever its date, so does what came before it.
  const auto to_come = [&](const core::Change& change) {
    return !row.outlook.by_fact && change.by == core::Bringer::time && change.at > clock;
  };
  const auto last = std::ranges::find_if_not(result.changes.rbegin(), result.changes.rend(), to_come);
  result.recordable = static_cast<std::size_t>(result.changes.rend() - last);
  return result;
}

}  // namespace

std::vector<core::Change> to_record(ClientRow& row, std::vector<core::Change> changes, core::Instant clock) {
  Expected all = expected(row, std::move(changes), clock);
  if (all.changes.empty()) {
    row.recorded_status = row.life.status;
    return {};
  }
  // The table's rows are the beginning of what is expected: the sweep may have been there before.
  const auto recorded = std::ranges::find(all.changes, row.recorded_status, &core::Change::to);
  const bool begun = all.changes.front().from == row.recorded_status;
  const std::size_t next = begun || recorded == all.changes.end() ? 0 : recorded - all.changes.begin() + 1;
  if (next >= all.recordable) return {};
  row.recorded_status = all.changes[all.recordable - 1].to;
  return {all.changes.begin() + next, all.changes.begin() + all.recordable};
}

Told told(const ClientRow& row) {
  if (row.recorded_status == row.life.status) return {true, std::nullopt};
  const auto ahead = core::upcoming(row.life, row.outlook);
  const auto last = std::ranges::find(ahead, row.recorded_status, &core::Change::to);
  return last == ahead.end() ? Told{false, std::nullopt} : Told{true, last->at};
}

History::History(const capture::Setup& setup) : setup_(setup), table_(setup.tables.status_change) {
  column_ = {table_.column("change_id"),  table_.column("client_id"),   table_.column("from_status"),
             table_.column("to_status"),  table_.column("changed_at"),  table_.column("recorded_at"),
             table_.column("rule"),       table_.column("manager"),     table_.column("channel"),
             table_.column("region"),     table_.column("department"),  table_.column("withdrawn_at"),
             table_.column("loss")};
}

// Writes one change, with the client's dimensions of today.
void History::insert(const ClientRow& row, const core::Change& change, core::Instant clock) {
  pg::Values values(table_.columns());
  values.set(column_.change_id,
             bulk_ ? bulk_->next_identity(column_.change_id) : table_.next_identity(column_.change_id));
  values.set(column_.client_id, row.client);
  values.set(column_.from_status, pg::text_datum(name_of(change.from)));
  values.set(column_.to_status, pg::text_datum(name_of(change.to)));
  values.set(column_.changed_at, TimestampTzGetDatum(change.at));
  values.set(column_.recorded_at, TimestampTzGetDatum(clock));
  const auto text = [&](int column, const Text& value) {
    if (value) values.set(column, pg::text_datum(*value));
  };
  if (change.loss != core::LossMark::none) values.set(column_.loss, pg::text_datum(core::name_of(change.loss)));
  if (change.rule) values.set(column_.rule, pg::text_datum(core::name_of(*change.rule)));
  text(column_.manager, row.profile.manager);
  text(column_.channel, row.profile.channel);
  text(column_.region, row.profile.region);
  text(column_.department, row.profile.department);
  if (bulk_)
    bulk_->append(values);
  else
    table_.insert(values);
}

void History::append(const ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock) {
  for (const core::Change& change : changes) insert(row, change, clock);
}

History::Comparison::Comparison(History& history, const ClientRow& row, const std::vector<core::Change>& changes,
                                core::Instant clock)
    : history_(history), clock_(clock) {
  Expected all = expected(row, changes, clock);
  expected_ = std::move(all.changes);
  recordable_ = all.recordable;
  stands_.resize(expected_.size());
}

void History::Comparison::meets(const pg::Values& stored, ItemPointerData place) {
  const auto& column = history_.column_;
  if (!stored.nulls[column.withdrawn_at]) return;
  const core::Instant at = DatumGetTimestampTz(stored.values[column.changed_at]);
  const std::string from = pg::text_string(stored.values[column.from_status]);
  const std::string to = pg::text_string(stored.values[column.to_status]);
  const std::string rule = stored.nulls[column.rule] ? "" : pg::text_string(stored.values[column.rule]);
  const std::string loss = stored.nulls[column.loss] ? "" : pg::text_string(stored.values[column.loss]);
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    const core::Change& change = expected_[i];
    if (stands_[i] || change.at != at || name_of(change.from) != from || name_of(change.to) != to ||
        rule_name(change.rule) != rule || core::name_of(change.loss) != loss)
      continue;
    // Of what is to come, what a later clock has seen come stands. What was told ahead of its time, because of a fact
    // dated after it, goes with that fact.
    if (i >= recordable_ && DatumGetTimestampTz(stored.values[column.recorded_at]) < at) break;
    stands_[i] = place;
    return;
  }
  withdraw(place);
}

// Withdraws the row at this place; false if another session holds it.
bool History::Comparison::withdraw(ItemPointerData place) {
  if (!history_.table_.hold_at(place)) {
    recorded_.held_by_others = true;
    return false;
  }
  pg::Values withdrawn = history_.table_.row();
  withdrawn.set(history_.column_.withdrawn_at, TimestampTzGetDatum(clock_));
  history_.table_.update_held(withdrawn);
  ++recorded_.rows;
  return true;
}

Recorded History::Comparison::finish(ClientRow& row) {
  row.recorded_status = expected_.empty() ? row.life.status : expected_.front().from;
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    const bool stands = stands_[i].has_value();
    if (!stands && i < recordable_) {
      // Rows of one instant are read in the order of their numbers: what follows is written anew.
      for (std::size_t j = i + 1; j < recordable_ && expected_[j].at == expected_[i].at; ++j)
        if (stands_[j] && withdraw(*stands_[j])) stands_[j].reset();
      history_.insert(row, expected_[i], clock_);
      ++recorded_.rows;
    }
    if (stands || i < recordable_) row.recorded_status = expected_[i].to;
  }
  return recorded_;
}

Recorded History::compare(ClientRow& row, const std::vector<core::Change>& changes, core::Instant clock) {
  Comparison comparison(*this, row, changes, clock);
  table_.scan(setup_.tables.status_change_client, row.client,
              [&](const pg::Values& stored, ItemPointerData place) { comparison.meets(stored, place); });
  return comparison.finish(row);
}

void History::finish_bulk() {
  table_.close_indexes();  // they may be made anew
  bulk_->finish();
  bulk_.reset();
}

bool History::exists(Datum client) {
  bool found = false;
  table_.scan(setup_.tables.status_change_client, client, [&](const pg::Values&, ItemPointerData) { found = true; });
  return found;
}

}  // namespace winback::ledger
