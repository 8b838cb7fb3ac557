// All facts of one client, and the ledger row that follows from them. This is the definition of the row: whatever is
// kept by adding (see add.hpp) must equal it, and verify() compares the two.
#pragma once

#include <optional>
#include <vector>

#include "capture/notes.hpp"
#include "ledger/client_row.hpp"
#include "pg/amount.hpp"

namespace winback::ledger {

// What an event says, as far as the ledger looks at it.
enum class EventKind {
  other,
  nps,
  conflict,
  complaint,
  inquiry,
  offer,
  usage,
  write_off,
  take_back,
  interaction_status
};

// One fact, free of the row that it was read from.
struct Item {
  capture::SourceKind kind;
  int source = 0;  // between tables of clients the first one watched decides; those of merged clients come last
  std::optional<core::Instant> at;
  capture::Value number;      // numeric: of orders the amount, of events the value
  bool contact = false;       // of calls: longer than the policy asks
  EventKind event = EventKind::other;
  std::array<Text, 5> texts;  // of profiles: name, manager, channel, region, department; of events: the note
  bool do_not_contact = false;
};

// Reads a captured fact as an item; its datums are copied into the current context.
Item item_of(const capture::Setup& setup, const capture::Source& source, const capture::RowReader& reader,
             const capture::Fact& fact);

// The same of a fact that was noted.
Item item_of(const capture::Setup& setup, const capture::AddedFact& fact);

class Dossier {
 public:
  Dossier(const capture::Setup& setup, Datum client);

  void add(const Item& item);
  // An order; what its amount refers to must live as long as this.
  void add_order(core::Instant at, const pg::Amount& amount);
  bool empty() const { return empty_; }

  // The row without what facts do not tell: open tasks, and what has been recorded.
  ClientRow row();
  // Every change of status in this life, up to the last fact (or change of the rules); after row().
  const std::vector<core::Change>& changes() const { return changes_; }

  struct Order {
    core::Instant at;
    pg::Amount amount;
    bool is_return;
  };
  // What was added, in that order: to ask what would have been by other rules.
  std::optional<core::Instant> began_at() const { return began_at_; }
  const std::vector<core::Fact>& life_facts() const { return life_facts_; }
  const std::vector<Order>& orders() const { return orders_; }

 private:
  void take_profile(const Item& item);
  void take_event(const Item& item);
  void approach(core::Instant at, int rank, std::string_view status);
  void sum_up(ClientRow& row) const;
  Datum unrepeated_revenue(std::optional<core::Day> first_day) const;

  // How the client is to be approached since when; at one instant by purchase, then complaint, then by hand.
  struct Approach {
    core::Instant at = core::kBeginningOfTime;
    int rank = -1;
    std::string status;
  };

  const capture::Setup& setup_;
  Datum client_;
  bool empty_ = true;
  std::optional<core::Instant> began_at_;
  Profile profile_;
  std::array<int, 5> profile_source_{};
  std::vector<Order> orders_;
  std::vector<core::Fact> life_facts_;
  Approach approach_;  // the last
  std::optional<core::Instant> last_contact_at_;
  std::vector<core::Change> changes_;
};

// The instant after which rows are in the value period of a last purchase.
core::Instant period_begins_after(const capture::Setup& setup, core::Instant last_order_at);

// The day on which the client is to be contacted once it is lost; nullopt where it must not be, or no loss is in sight.
std::optional<core::Day> contact_due_on(const capture::Setup& setup, const ClientRow& row);

}  // namespace winback::ledger
