// See versions.hpp.
#include "ledger/versions.hpp"

#include <tuple>

namespace winback::ledger {

namespace {

// What is kept of a row.
auto kept(const ClientRow& row) {
  const Profile& profile = row.profile;
  return std::tie(row.life.began_at, row.life.first_status, profile.manager, profile.channel, profile.region,
                  profile.department);
}

}  // namespace

bool same_version(const ClientRow& a, const ClientRow& b) { return kept(a) == kept(b); }

Versions::Versions(const capture::Setup& setup) : table_(setup.tables.client_version) {
  column_ = {table_.column("client_id"), table_.column("began_at"),    table_.column("first_status"),
             table_.column("manager"),   table_.column("channel"),     table_.column("region"),
             table_.column("department"), table_.column("recorded_at"), table_.column("withdrawn_at")};
}

void Versions::keep(const ClientRow& row, core::Instant clock) {
  if (!row.recorded_at || *row.recorded_at >= clock) return;
  pg::Values values(table_.columns());
  const auto text = [&](int column, const Text& value) {
    if (value) values.set(column, pg::text_datum(*value));
  };
  values.set(column_.client_id, row.client);
  if (row.life.began_at) values.set(column_.began_at, TimestampTzGetDatum(*row.life.began_at));
  values.set(column_.first_status, pg::text_datum(name_of(row.life.first_status)));
  text(column_.manager, row.profile.manager);
  text(column_.channel, row.profile.channel);
  text(column_.region, row.profile.region);
  text(column_.department, row.profile.department);
  values.set(column_.recorded_at, TimestampTzGetDatum(*row.recorded_at));
  values.set(column_.withdrawn_at, TimestampTzGetDatum(clock));
  table_.insert(values);
}

}  // namespace winback::ledger
