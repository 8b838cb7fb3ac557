// One client's life: the state machine that turns facts into statuses.
//
// A life is fed its facts in order (by instant, then by the order of FactKind below). Feeding a fact to a stored
// life gives what replaying all of them would give, so "recompute" and "add one more" are the same code.
//
//   status        when                                                        how it ends
//   ------------  ----------------------------------------------------------  -------------------------------------
//   prospect      never bought                                                first purchase; a rule
//   active        bought, and no rule has fired                               a rule
//   at_risk       `slowing` or `usage_drop` has fired                         purchase; use; a rule of kind lost
//   lost          a rule of kind lost has fired                               purchase (a return); signal cleared
//   written_off   written off by hand, whatever the rules say                 purchase; taken back by hand
//
// The rules (each only while enabled); "fires" is an instant known in advance, the earliest one wins, and at one
// instant the one with the smaller position, lost before at_risk:
//
//   silence           last purchase + after
//   own_cadence       last purchase + factor x mean gap, not before floor nor after ceiling; needs two purchase days
//   model             the first local day, later than that of the last purchase, on which the chance that the client
//                     has not left, by the fitted model, is threshold or less; from the beginning of that day
//   unanswered_offer  an offer not followed by a purchase, + after
//   detractor         the first of the latest run of scores 0 to at_most not followed by a purchase [signal]
//   conflict          the first conflict not followed by a purchase [signal]
//   fruitless         the inquiry that exceeds more_than, of a client that had not bought up to then [signal]
//   slowing           last purchase + factor x mean gap if there are at least 3 purchase days, else + after;
//                     never later than the instant of loss
//   usage_drop        the fall of what a client that has bought uses (usage.hpp)
//
// Signals act at once whatever the clock says (a fact is a fact); the other instants wait for the clock.
//
//   at one instant    what happens
//   ----------------  ----------------------------------------------------------------------------------------------
//   purchase = deadline   the purchase prevents it: deadlines fire before a purchase only if strictly earlier
//   purchase = signal     the signal (and the offer) stands: only a strictly later purchase clears it
//   purchase = write-off  the purchase takes the client back
//   at_risk = lost        lost, one change
//   several scores        in ascending value, so the highest is the latest
//   several uses          are one
//   change of the rules   first: the old rules' deadlines fire, the new rules judge, then come the facts
//
// A purchase clears every earlier signal and offer and ends a loss (times_returned + 1). A change of the rules is a
// fact of everybody's life: up to it the old rules act, at it the status is judged anew, after it the new ones act.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/rules.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"

namespace winback::core {

enum class Status { prospect, active, at_risk, lost, written_off };

// The status as it stands in SQL, and back (nullopt: no such status).
std::string_view name_of(Status status);
std::optional<Status> status_named(std::string_view name);

// Kinds of fact that bear on the status, in the order in which facts of one instant are fed.
enum class FactKind { write_off, purchase, usage, score, conflict, inquiry, offer, take_back };

struct Fact {
  Instant at = 0;
  FactKind kind = FactKind::purchase;
  double value = 0;  // score, or amount used: 0 or more; negative ones are to be left out by the caller

  // The order in which facts are fed.
  friend bool operator<(const Fact& a, const Fact& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.value < b.value;
  }
};

// What a change of status is to a loss: a loss lasts from `lost` to `returned` (by a purchase) or `recovered`, also
// while the client is written off; another may follow.
enum class LossMark { none, lost, returned, recovered };

// The mark as it stands in SQL.
std::string_view name_of(LossMark mark);

// What brings a change of status: time alone, at a deadline; a purchase; or anything else that is reported, a change of
// the rules included. Time's are to be waited for, the others count whatever the clock says.
enum class Bringer { time, report, purchase };

// One change of status; the first status of a life is no change.
struct Change {
  Status from = Status::prospect;
  Status to = Status::prospect;
  Instant at = 0;
  std::optional<RuleName> rule;  // the rule that made it so, for at_risk and lost
  LossMark loss = LossMark::none;
  Bringer by = Bringer::time;

  // Whether two are the same change, whatever has brought it.
  friend bool operator==(const Change& a, const Change& b) {
    return a.from == b.from && a.to == b.to && a.at == b.at && a.rule == b.rule && a.loss == b.loss;
  }
};

// What a life is after its facts so far: exactly the columns that the ledger keeps of it.
struct Life {
  std::optional<Instant> began_at;      // the first fact of any kind, or the registration
  std::optional<Instant> last_fact_at;  // the latest fact fed
  std::optional<Instant> last_purchase_at;
  std::optional<Day> first_day;
  std::optional<Day> last_day;
  int purchase_days = 0;
  Status first_status = Status::prospect;  // before any change; active where the first fact of all is a purchase
  Status status = Status::prospect;  // right after the last fact (or change of the rules)
  std::optional<Instant> since;      // nullopt only for a prospect of whom nothing dated is known
  std::optional<Instant> idle_since; // when it last became prospect or active: `since`, while it is so
  std::optional<Instant> at_risk_since;  // when it became at_risk after that; nullopt: it has not yet
  bool loss_open = false;            // the last loss has not ended (it may be hidden by written_off)
  int times_lost = 0;
  int times_returned = 0;
  std::optional<Instant> detractor_since;
  std::optional<Instant> conflict_since;
  std::optional<Instant> fruitless_since;
  int inquiries = 0;  // before the first purchase
  std::optional<Instant> offer_since;
  std::optional<Instant> written_off_since;
  std::optional<Instant> usage_drop_at;  // when the use fell, or will if nothing is used any more; nullopt: it does not

  bool operator==(const Life&) const = default;
};

// What the clock will make of a life if nothing happens.
struct Outlook {
  std::optional<Instant> at_risk_at;
  std::optional<RuleName> at_risk_by;
  std::optional<Instant> lost_at;
  std::optional<RuleName> lost_by;
  bool by_fact = false;  // lost by a signal or written off: no clock changes it
};

// Status and its beginning at one moment of reading.
struct Reading {
  Status status;
  std::optional<Instant> since;
  std::optional<RuleName> rule;
};

// The instants at which the rules will fire.
Outlook outlook(const Life& life, const RuleSet& rules, const Calendar& calendar);

// What says the status at `clock`: a fact that no clock changes, one of the deadlines, or that none has come yet.
enum class Stage { by_fact, lost, at_risk, idle };
Stage stage(const Outlook& outlook, Instant clock);

// The status at `clock`, as the view winback.clients shows it.
Reading read(const Life& life, const Outlook& outlook, Instant clock);

// The changes that the clock will bring after the last fact, in order: at most at_risk, then lost.
std::vector<Change> upcoming(const Life& life, const Outlook& outlook);

// Feeds facts to a life and collects the changes of status that they, and the deadlines between them, bring.
class LifeWriter {
 public:
  // Goes on with a life as stored, that is one that has been judged by every version of the rules: its next facts must
  // not be earlier than the newest version, nor uses, nor later than usage_drop_at if they are purchases: a life does
  // not keep its uses. `rules` and `calendar` must outlive the writer.
  LifeWriter(Life life, const RuleHistory& rules, const Calendar& calendar);
  // Goes on with a life as stored, that the first `judged` versions have judged; its last fact must be earlier than the
  // others, and these must read signals as the last of the first do.
  LifeWriter(Life life, const RuleHistory& rules, const Calendar& calendar, std::size_t judged);
  // Begins a life at its first fact of any kind, with the oldest version of the rules.
  LifeWriter(std::optional<Instant> began_at, const RuleHistory& rules, const Calendar& calendar);

  // Takes the next fact; it must not be earlier than the last one. Uses of one instant must come as one.
  void feed(const Fact& fact);
  // Judges by every version of the rules that is left, up to the newest. Called once, after the last fact.
  void finish();

  const Life& life() const { return life_; }
  const std::vector<Change>& changes() const { return changes_; }

 private:
  const RuleSet& rules_now() const { return rules_[version_]; }
  void judge_versions_until(Instant at);
  bool nothing_due_before(Instant until) const;
  void pass_deadlines(Instant until, bool inclusive);
  void judge(Instant at);
  void reinterpret();
  void read_score(const Fact& score);
  void read_offer(const Fact& offer);
  void read_uses();
  void watch_use(Instant until, bool inclusive);
  void purchase(Instant at);
  void become(Status status, Instant at, std::optional<RuleName> rule, Bringer by);

  Life life_;
  const RuleHistory& rules_;
  const Calendar& calendar_;
  std::size_t version_;  // the version of the rules by which the life is judged now
  bool has_all_facts_;   // since the last purchase; else what was made of them stays as it was stored
  std::vector<Change> changes_;
  std::vector<Fact> scores_;     // since the last purchase: a new version of the rules reads them anew
  std::vector<Fact> offers_;     // likewise
  std::vector<Fact> inquiries_;  // before the first purchase, likewise
  std::vector<Use> uses_;        // all, likewise
  std::optional<Usage> usage_;   // nullopt: by the present rules it does not matter, or the life is one as stored
};

// Whether two versions of the rules make the same of scores, offers and inquiries, and nothing of uses. A life as
// stored keeps what was made of them, not them.
bool read_signals_alike(const RuleSet& a, const RuleSet& b);

// Replays a whole life. `began_at` is the earliest fact of any kind (calls, returns and registration included).
LifeWriter replay(std::optional<Instant> began_at, const std::vector<Fact>& sorted_facts, const RuleHistory& rules,
                  const Calendar& calendar);

}  // namespace winback::core
