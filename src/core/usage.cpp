// See usage.hpp.
#include "core/usage.hpp"

#include <algorithm>
#include <cmath>

namespace winback::core {

namespace {

// Amounts are summed as whole millionths, which sums of doubles keep exactly: what comes and goes leaves nothing.
double millionths(double amount) { return std::round(amount * 1e6); }

}  // namespace

Usage::Usage(const Rule& rule, const Calendar& calendar, const std::vector<Use>& uses,
             std::optional<Instant> last_purchase)
    : rule_(&rule), calendar_(&calendar) {
  const Instant bought_at = last_purchase.value_or(kEndOfTime);
  const auto later = std::ranges::lower_bound(uses, bought_at, {}, &Use::at);
  std::for_each(uses.begin(), later, [&](const Use& each) { use(each); });
  if (last_purchase) purchase(bought_at);
  std::for_each(later, uses.end(), [&](const Use& each) { use(each); });
}

// So many times `after` later; the end of time where that has no date.
Instant Usage::later(Instant at, std::int32_t steps) const {
  constexpr Instant kLongest = Instant{100} * 366 * 86'400'000'000;  // that the rule can ask for
  return at > kEndOfCalendar - 2 * kLongest ? kEndOfTime : calendar_->add(at, *rule_->after * steps);
}

// The next instant at which a use leaves a window.
Instant Usage::next_move() const {
  Instant next = kEndOfTime;
  for (const Window* window : {&recent_, &earlier_})
    if (!window->leaving.empty()) next = std::min(next, window->leaving.begin()->first);
  return next;
}

// Puts a use into a window.
void Usage::put(Window& window, const Use& use) const {
  window.leaving.emplace(later(use.at, window.steps), use);
  window.sum += use.amount;
}

// Moves on what leaves by an instant; a use may leave both windows at once.
void Usage::move_at(Instant at) {
  for (Window* window : {&recent_, &earlier_}) {
    const auto end = window->leaving.upper_bound(at);
    for (auto left = window->leaving.begin(); left != end; ++left) {
      window->sum -= left->second.amount;
      if (window == &recent_) put(earlier_, left->second);
    }
    window->leaving.erase(window->leaving.begin(), end);
  }
}

// Looks whether the use has fallen at an instant.
void Usage::look(Instant at) {
  const bool low = recent_.sum < *rule_->factor * earlier_.sum;
  if (low && !low_ && !fallen_ && at > purchase_at_) fallen_ = at;
  low_ = low;
}

void Usage::pass(Instant until, bool inclusive) {
  for (Instant next = next_move(); next < until || (inclusive && next == until); next = next_move()) {
    if (next == kEndOfTime) return;
    move_at(next);
    look(next);
  }
}

void Usage::use(const Use& use) {
  pass(use.at, false);
  put(recent_, {use.at, millionths(use.amount)});
  move_at(use.at);
  look(use.at);
  if (!low_) fallen_.reset();
}

void Usage::purchase(Instant at) {
  pass(at, false);
  fallen_.reset();
  purchase_at_ = at;
}

std::optional<Instant> Usage::falls() const {
  Usage ahead = *this;
  for (Instant next = ahead.next_move(); !ahead.fallen_ && next != kEndOfTime; next = ahead.next_move())
    ahead.pass(next, true);
  return ahead.fallen_;
}

}  // namespace winback::core
