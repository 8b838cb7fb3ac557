// What this transaction has changed, client by client: notes taken by the triggers, applied at commit.
//
//   event                      the notes
//   -------------------------  ---------------------------------------------------------------------
//   row written                go into the layer of the current savepoint
//   a million facts added      from here on they say: everybody; no more facts are kept
//   savepoint released         its layer goes into the one below
//   savepoint rolled back      its layer is dropped
//   fold()                     all are applied; those of outer layers stay, as "recompute", for a
//                              rollback of this savepoint undoes what was applied for them
//   commit, prepare            all are applied, then dropped
//   abort                      dropped
//
// Nothing here looks at a table, waits, or writes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/setup.hpp"

namespace winback::capture {

// A fact that a row was inserted with: enough to add it to the ledger without reading the table again.
struct AddedFact {
  SourceKind kind;
  core::Instant at;
  Value amount;   // of orders: numeric
  Value seconds;  // of calls: numeric
};

// A call, as tasks name it.
struct CallName {
  Oid source;
  std::string id;
  bool operator==(const CallName&) const = default;
};

// What changed for one client.
struct Note {
  bool recompute = false;           // something that cannot just be added
  bool tasks = false;               // its tasks changed
  std::vector<AddedFact> added;     // empty if recompute
  std::vector<CallName> evidence;   // calls that changed, or that tasks were closed with

  // Takes over what a later layer noted.
  void merge(Note&& later);
  // Has the client computed afresh, whatever was added.
  void compute_afresh();
  // The note for being applied, without a copy of what was added: noted here any longer is that it be computed afresh.
  Note take();
};

// What is noted of everybody.
struct GeneralNote {
  bool everything = false;
  bool all_evidence = false;
  std::string lost_track_because;  // empty: nothing was lost

  // Takes over what a later layer noted.
  void merge(const GeneralNote& later);
};

class Notes {
 public:
  explicit Notes(std::shared_ptr<const Setup> setup);
  ~Notes();

  // The note of a client, in the current layer.
  Note& of(Datum client);
  // Notes a fact that was inserted, unless everybody is recomputed anyway.
  void add(const Fact& fact);
  // Every client is to be recomputed: the rules or the policy changed.
  void everything() { top().everything = true; }
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

  // All layers as one: by client, in ascending order of the keys.
  struct Sum : GeneralNote {
    std::vector<std::pair<Datum, Note>> clients;
  };
  Sum sum();
  // After sum() was applied inside a savepoint, or at the top level.
  void folded();

  // The setup when the first note was taken. It may change during a transaction; the keys stay what they are.
  const Setup& setup() const { return *setup_; }

 private:
  struct Hash {
    const Notes* notes;
    std::size_t operator()(Datum key) const { return notes->setup_->key.hash(key); }
  };
  struct Same {
    const Notes* notes;
    bool operator()(Datum a, Datum b) const { return notes->setup_->key.equal(a, b); }
  };
  struct Layer : GeneralNote {
    Layer(const Notes* notes, int nest_level) : level(nest_level), clients(8, Hash{notes}, Same{notes}) {}
    int level;
    std::unordered_map<Datum, Note, Hash, Same> clients;
  };
  Layer& top();
  static void pour(Layer& from, Layer& into);

  std::shared_ptr<const Setup> setup_;
  MemoryContext memory_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::size_t facts_ = 0;  // added since the last fold
};

// The notes of this transaction; begun when first asked for.
Notes& notes();
// The same, or null where none were taken.
Notes* notes_taken();
// Notes that track was lost. Where notes cannot be begun, because the setup cannot be read, that is tried again at
// commit: notes_missed() says so.
void note_lost_track(const std::string& why);
bool notes_missed();
// Forgets them.
void drop_notes();

}  // namespace winback::capture
