// How much a client uses what it has bought: over the last `after`, beside the `after` before. Uses need not come
// evenly, and time alone moves them:
//
//   a use at e is     from                 up to, exclusively
//   ----------------  -------------------  -------------------
//   recent            e                    e + after
//   earlier           e + after            e + after + after
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
  // Uses by the instant at which they leave, and their sum.
  struct Window {
    std::multimap<Instant, double> leaving;
    double sum = 0;
  };
  Instant later(Instant at) const;
  Instant next_move() const;
  void put(Window& window, Instant at, double amount) const;
  void move_at(Instant at);
  void look(Instant at);

  const Rule* rule_;
  const Calendar* calendar_;
  Window recent_, earlier_;
  bool low_ = false;
  std::optional<Instant> fallen_;
  Instant purchase_at_ = kBeginningOfTime;
};

}  // namespace winback::core
