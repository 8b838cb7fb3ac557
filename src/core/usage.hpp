// How much a client uses what it has bought: over the last `after`, beside the `after` before. Uses need not come
// evenly, and time alone moves them:
//
//   a use at e is     from                 up to, exclusively
//   ----------------  -------------------  -------------------
//   recent            e                    e + after
//   earlier           e + after            e + 2 x after
//
// Each of them is one step of the calendar from e: a month after 29 January is 28 February, two months 29 March, not a
// month after 28 February. Where the clock skips an hour, a short `after` may end both at once.
//
// The use is *low* while the recent ones are less than factor x the earlier ones. It *falls* at the instant at which
// that begins; the fall stands, whatever becomes of the sums by time alone, until
//
//   a purchase comes after it (at the very instant it prevents it)   and then only another fall counts
//   a use comes after which it is not low                            likewise
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/rules.hpp"
#include "core/time.hpp"

namespace winback::core {

// Uses at one instant.
struct Use {
  Instant at = 0;
  double amount = 0;
};

class Usage {
 public:
  // `rule` has what it needs; it and `calendar` must outlive this. The uses come by ascending instants.
  Usage(const Rule& rule, const Calendar& calendar, const std::vector<Use>& uses, std::optional<Instant> last_purchase);

  // Lets the time pass up to an instant; what leaves at that very instant does so if it is inclusive.
  void pass(Instant until, bool inclusive);
  // Takes all uses of an instant.
  void use(const Use& use);
  // Takes a purchase.
  void purchase(Instant at);

  // Since when the use has fallen; nullopt: it has not.
  std::optional<Instant> fallen() const { return fallen_; }
  // The same, or when it will fall if nothing is used any more.
  std::optional<Instant> falls() const;

 private:
  // Uses by the instant at which they leave it, `steps` x `after` later than they came, and their sum.
  struct Window {
    std::int32_t steps;
    std::multimap<Instant, Use> leaving = {};
    double sum = 0;
  };
  Instant later(Instant at, std::int32_t steps) const;
  Instant next_move() const;
  void put(Window& window, const Use& use) const;
  void move_at(Instant at);
  void look(Instant at);

  const Rule* rule_;
  const Calendar* calendar_;
  Window recent_{1}, earlier_{2};
  bool low_ = false;
  std::optional<Instant> fallen_;
  Instant purchase_at_ = kBeginningOfTime;
};

}  // namespace winback::core
