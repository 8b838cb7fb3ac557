// What this transaction has changed, client by client: notes taken by the triggers, applied at commit.
//
//   event                      the notes
//   -------------------------  ---------------------------------------------------------------------
//   row written                go into the layer of the current savepoint
//   kMostAdded facts added     from here on only their clients are kept, to be computed afresh
//   100,000 names noted        from here on they say: everybody
//   savepoint released         its layer goes into the one below
//   savepoint rolled back      its layer is dropped
//   fold()                     all are applied; those of outer layers stay, as "compute afresh", for a
//                              rollback of this savepoint undoes what was applied for them
//   commit, prepare            all are applied, then dropped
//   abort                      dropped
//
// Nothing here looks at a table, waits, or writes. A load of millions of rows comes through here row by row, so what is
// kept of an added fact is flat: no look-up, no memory of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/client_keys.hpp"
#include "capture/names.hpp"
#include "capture/setup.hpp"
#include "pg/amount.hpp"

namespace winback::capture {

// A fact that a row was inserted with: enough to add it to the ledger without reading the table again.
struct AddedFact {
  Datum client;
  core::Instant at;
  pg::Amount number;  // an order's amount, a call's seconds
  SourceKind kind;
  bool null;  // it has no number

  // The number as numeric, in the current context.
  Value value() const { return null ? Value() : Value{pg::to_numeric(number), false}; }
};

// A call, as tasks name it.
struct CallName {
  Oid source;
  std::string id;
  bool operator==(const CallName&) const = default;
};

// What is to be looked at of a client besides its facts.
struct TaskNote {
  bool tasks = false;              // its tasks changed
  std::vector<CallName> evidence;  // calls that changed, or that tasks were closed with
  bool all_evidence = false;       // any call may have changed

  // Takes over what a later layer noted.
  void merge(TaskNote&& later);
};

// What changed for one client.
struct Note {
  bool recompute = false;                // something that cannot just be added
  std::span<const AddedFact> added;      // in the order of their instants; nothing if recompute
  const TaskNote* tasks = nullptr;       // null: nothing
};

// What is noted of everybody.
struct GeneralNote {
  bool everything = false;
  std::optional<core::Instant> newer_rules;  // the rules have one more version, the newest, valid from then
  bool rekeyed = false;  // clients were merged, or parted again
  bool all_evidence = false;
  std::string lost_track_because;  // empty: nothing was lost

  // Takes over what a later layer noted.
  void merge(const GeneralNote& later);
};

// What is noted of clients one by one.
struct ClientNotes {
  // `memory`: where keys live that need memory of their own.
  ClientNotes(const pg::KeyType& type, MemoryContext memory);

  // Takes over what a later layer noted, or a copy of it.
  void merge(ClientNotes&& later);
  // Keeps only the clients of what was added, to be computed afresh.
  void forget_added();

  struct Hash {
    const pg::KeyType* type;
    std::size_t operator()(Datum key) const { return type->hash(key); }
  };
  struct Same {
    const pg::KeyType* type;
    bool operator()(Datum a, Datum b) const { return type->equal(a, b); }
  };
  std::vector<AddedFact> added;
  ClientKeys afresh;
  std::unordered_map<Datum, TaskNote, Hash, Same> tasks;
  NamedNotes names;
};

// All that is noted, by client in ascending order.
class Sum : public GeneralNote {
 public:
  Sum(const GeneralNote& general, ClientNotes&& clients, const pg::KeyType& type);

  // What is noted of names: whose they are is to be looked up, and added.
  const NamedNotes& names() const { return names_; }
  // Has these clients computed afresh too; `evidence`: looks at that of all their tasks. The keys must outlive this.
  void add_afresh(const std::vector<Datum>& clients, bool evidence);

  // Has what is noted of merged clients looked at where it belongs now, too: facts with the client that they were
  // merged into, evidence with whoever may have a task that it closed.
  void follow(const Merges& merges);

  // Whether nothing is noted of clients.
  bool empty() const { return added_.empty() && afresh_.empty() && tasks_.empty(); }
  // How many clients are to be computed afresh.
  std::size_t to_compute() const { return afresh_keys_->size() + (only_afresh_ ? added_.size() : 0); }
  // Visits the clients in ascending order of their keys.
  void each(const std::function<void(Datum, const Note&)>& visit) const;
  // Has the clients computed afresh, whatever was added.
  void compute_afresh() { only_afresh_ = true; }
  // Whether the evidence of any task is to be looked at.
  bool has_evidence() const;

 private:
  void sort_tasks();

  const pg::KeyType& type_;
  std::vector<AddedFact> added_;  // by client, then by instant
  ClientKeys afresh_;
  const std::vector<Datum>* afresh_keys_;
  std::vector<std::pair<Datum, TaskNote>> tasks_;
  NamedNotes names_;
  bool only_afresh_ = false;
};

class Notes {
 public:
  explicit Notes(std::shared_ptr<const Setup> setup);
  ~Notes();

  // Notes a fact that was inserted.
  void add(const Fact& fact);
  // The client is to be computed afresh.
  void afresh(Datum client) { top().clients.afresh.add(client); }
  // What is noted of the client's tasks, in the current layer.
  TaskNote& tasks(Datum client);
  // Notes what was done to a name.
  void named(Name name, const NameNote& note);
  // Every client is to be recomputed: the rules or the policy changed.
  void everything() { top().everything = true; }
  // The same where all that has changed is that the rules have one more version, valid from this instant: then rows as
  // they are can be dated anew.
  void newer_rules(core::Instant valid_from);
  // Whether everything() is noted already.
  bool has_everything() const;
  // Clients were merged, or parted: everybody who commits later must know of it.
  void rekeyed() { top().rekeyed = true; }
  // The evidence of every task is to be looked at: a table of calls was truncated.
  void all_evidence() { top().all_evidence = true; }
  // Nobody knows whose facts have changed, for this reason: everybody is to be left stale. A pass at commit would most
  // likely fail for the same reason, and cost the application its time.
  void lost_track(const std::string& why) { top().lost_track_because = why; }
  // Whether it is so already: then nothing more need be noted.
  bool has_lost_track() const;

  // Savepoints.
  void released(int level);
  void rolled_back(int level);

  // All layers as one; what was added is in them no longer.
  Sum sum();
  // After sum() was applied inside a savepoint, or at the top level.
  void folded();

  // The setup when the first note was taken. It may change during a transaction; the keys stay what they are.
  const Setup& setup() const { return *setup_; }

 private:
  struct Layer : GeneralNote {
    Layer(const Notes& notes, int nest_level) : level(nest_level), clients(notes.setup_->key, notes.memory_) {}
    int level;
    ClientNotes clients;
  };
  Layer& top();

  std::shared_ptr<const Setup> setup_;
  MemoryContext memory_;
  pg::Bump pieces_;  // of added facts
  std::vector<std::unique_ptr<Layer>> layers_;
  std::size_t facts_ = 0;  // added since the last fold
  std::size_t names_ = 0;  // noted, those of layers that are gone included
};

// The notes of this transaction; begun when first asked for.
Notes& notes();
// The same, or null where none were taken.
Notes* notes_taken();
// Notes that track was lost. Where notes cannot be begun, because the setup cannot be read, that is tried again at
// commit: notes_missed() says why; empty: none were.
void note_lost_track(const std::string& why);
const std::string& notes_missed();
// Forgets them.
void drop_notes();

}  // namespace winback::capture
