// One row of winback.client, as C++ values.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "capture/setup.hpp"
#include "core/life.hpp"
#include "pg/table.hpp"
#include "pg/text.hpp"

namespace winback::ledger {

using Text = std::optional<std::string>;

// What the CRM's table of clients says, and what a change of status keeps of it.
struct Profile {
  Text name, manager, channel, region, department;
  std::optional<core::Instant> registered_at;
  bool do_not_contact = false;
};

struct ClientRow {
  Datum client = 0;
  Profile profile;
  // orders
  std::optional<core::Instant> first_order_at, last_order_at;
  std::int64_t orders = 0;
  Datum revenue = 0, period_revenue = 0;  // numeric
  std::optional<core::Instant> period_first_at;
  Datum unrepeated_revenue = 0;  // numeric
  // calls and how to approach the client
  std::string interaction_status = "warm";
  std::optional<core::Instant> interaction_since;
  std::optional<core::Instant> last_contact_at;
  std::optional<core::Day> contact_due_on;
  // status
  core::Life life;
  core::Outlook outlook;
  core::Status recorded_status = core::Status::prospect;
  std::optional<core::Instant> due_at;
  int open_tasks = 0;
  std::optional<core::Instant> recorded_at;  // see versions.hpp; nullopt: it is not in the table yet
};

// Where the columns of winback.client stand.
class ClientColumns {
 public:
  explicit ClientColumns(const pg::Table& table);

  // A row of the table as C++ values; its datums are those of `values`.
  ClientRow read(const pg::Values& values) const;
  // The same back; what it makes lives in the current context.
  pg::Values write(const ClientRow& row) const;

 private:
  static constexpr int kMost = 64;
  int count_;                         // of the table
  std::array<int, kMost> positions_;  // in the order of the enum in client_row.cpp
};

// The columns of winback.client, looked up once while the setup lasts.
const ClientColumns& client_columns(const std::shared_ptr<const capture::Setup>& setup, const pg::Table& client);

}  // namespace winback::ledger
