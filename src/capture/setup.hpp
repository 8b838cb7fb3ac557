// What the ledger's setting tables say, read once a session and again when one of them, a watched table, or a role
// changes.
//
// Every change of a setting sends a relcache invalidation for winback.ledger with its commit, and everybody who uses
// the setup to write the ledger first takes a lock on winback.client, which accepts invalidations: whoever gets that
// lock after a change of the rules knows of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/merges.hpp"
#include "capture/row_reader.hpp"
#include "capture/source.hpp"
#include "core/life.hpp"
#include "core/rules.hpp"
#include "pg/calendar.hpp"
#include "pg/key.hpp"
#include "pg/memory.hpp"

namespace winback::capture {

// The version of the ledger's layout that this code reads and writes.
inline constexpr const char* kLedgerVersion = "0.1.0";

// The ledger's tables and the indexes by which their rows are found.
struct LedgerTables {
  Oid schema, ledger, client, client_key, client_version, status_change, status_change_client, task, task_client, stale,
      rejected, rejected_row, frozen, frozen_client, return_manager, task_assignment, overdue_notice, process,
      process_client, process_step;
};

// A source that rows of a relation are rows of, and what reads them so.
struct Reading {
  const Source* source;
  RowReader* reader;
};

class Setup {
 public:
  explicit Setup(const LedgerTables& tables);

  LedgerTables tables;
  pg::OwnContext context;
  Oid owner;  // of the ledger
  pg::KeyType key;
  std::unique_ptr<pg::ServerCalendar> calendar;
  Datum contact_seconds = 0;
  std::optional<core::Interval> value_period;
  core::Interval horizon;             // so far ahead orders are expected
  double margin = 1, discount_rate = 0;  // of revenue; a year
  std::optional<core::OrderFit> fit;  // by which clients are scored
  std::optional<core::Parameters> value_fit;  // by which their orders are valued
  core::RuleHistory rules;
  std::map<std::string, core::Interval> contact_every;
  std::string call_task_title;
  std::vector<core::Status> entered_from;  // the statuses of segments with a playbook
  std::vector<Source> sources;
  Merges merges;
  std::vector<Source> detached;  // their tables are gone
  bool has_frozen = false;       // there are clients that cannot be computed for that

  const core::RuleSet& newest_rules() const { return rules.back(); }
  // Whether a call of this length is a contact.
  bool is_contact(const Value& seconds) const;
  // The sources of the lines of a table of orders.
  std::vector<const Source*> lines_of(Oid orders) const;
  // Whether some source is by alias.
  bool finds_by_alias() const;
  // The reader for rows of `relation`, the watched table or a part of it, as rows of `source`; compiled at first use,
  // and once more where tables have changed since: whoever has waited for the lock on one still holds the setup from
  // before, but must not take new rows for rows of the old columns.
  RowReader& reader(const Source& source, Relation relation) const;
  // All that a row of this relation is a row of.
  const std::vector<Reading>& readings(Relation relation) const;
  // The same where nothing need be looked up or compiled for it, else null.
  const std::vector<Reading>* readings_if_ready(Relation relation) const;

 private:
  Oid client_type() const;
  void read_policy();
  void read_task_kinds();
  void read_segments();
  void read_rules();
  void read_fit();
  void read_sources();

  // Each with how many changes of tables were heard of before it was made.
  struct Readings {
    std::vector<Reading> all;
    std::uint64_t changes;
  };
  struct Compiled {
    std::unique_ptr<RowReader> reader;
    std::uint64_t changes;
  };
  mutable std::map<Oid, Readings> readings_;
  mutable std::map<std::pair<int, Oid>, Compiled> readers_;
  mutable std::vector<std::unique_ptr<RowReader>> outdated_;  // somebody may be reading with them
};

// The present setup; null where the database has no ledger. Whoever keeps the pointer keeps that setup alive.
std::shared_ptr<const Setup> setup();

// The same if nothing need be read for it, else null.
std::shared_ptr<const Setup> setup_if_read();

// The same as setup(), or an Error with a hint.
std::shared_ptr<const Setup> need_setup();

// The fit of orders with this number, in force or not; nullopt: there is none, or it has failed.
std::optional<core::OrderFit> order_fit(std::int64_t fit_id);

// Makes every session read its setup again once this transaction commits, and this one at once.
void announce_changed_setup();

}  // namespace winback::capture
