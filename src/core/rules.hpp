// The rules by which a client is at risk or lost: parameters only; life.cpp says what they do.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model.hpp"
#include "core/time.hpp"

namespace winback::core {

// The rules by name, in the shipped order.
enum class RuleName {
  silence,
  slowing,
  detractor,
  conflict,
  fruitless,
  unanswered_offer,
  own_cadence,
  model,
  usage_drop
};
inline constexpr std::array<std::string_view, 9> kRuleNames = {"silence",     "slowing",   "detractor",
                                                               "conflict",    "fruitless", "unanswered_offer",
                                                               "own_cadence", "model",     "usage_drop"};

// The rule as it stands in SQL, and back (nullopt: no such rule).
constexpr std::string_view name_of(RuleName rule) { return kRuleNames[static_cast<std::size_t>(rule)]; }
constexpr std::optional<RuleName> rule_named(std::string_view name) {
  const auto found = std::ranges::find(kRuleNames, name);
  if (found == kRuleNames.end()) return std::nullopt;
  return static_cast<RuleName>(found - kRuleNames.begin());
}

// A model of orders as it was fitted.
struct OrderFit {
  Model model = Model::mbg_nbd;
  Parameters parameters{};
  double unit_days = 1;  // its unit of time
};

// One row of winback.rule.
struct Rule {
  bool enabled = false;
  int position = 0;  // decides between rules that fire at one instant: the smaller wins
  std::optional<Interval> after;
  std::optional<double> factor;
  std::optional<Interval> floor;
  std::optional<Interval> ceiling;
  double at_most = 0;
  int more_than = 0;
  double threshold = 0;
  std::optional<OrderFit> fit;
};

// All rules as they stood from one moment on.
struct RuleSet {
  Instant valid_from = kBeginningOfTime;
  std::array<Rule, kRuleNames.size()> rules{};

  const Rule& operator[](RuleName name) const { return rules[static_cast<std::size_t>(name)]; }
  Rule& operator[](RuleName name) { return rules[static_cast<std::size_t>(name)]; }
};

// Every version of the rules, by ascending valid_from; never empty, and the first is valid from the beginning of time.
using RuleHistory = std::vector<RuleSet>;

}  // namespace winback::core
