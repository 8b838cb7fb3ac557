// A second opinion on a client's life, for comparison: written from the meaning of the rules, with no state and no
// thought of speed. The status at an instant is a function of the facts up to it, the rules in force and the clock;
// the history is that function looked at at every instant at which it could possibly change.
#pragma once

#include <optional>
#include <vector>

#include "core/life.hpp"

namespace winback::test {

struct Opinion {
  core::Status status = core::Status::prospect;
  std::optional<core::RuleName> rule;
};

// The status at `clock` of a client of whom `facts` (sorted, none later) are known.
Opinion opinion_at(core::Instant clock, const std::vector<core::Fact>& facts, const core::RuleSet& rules,
                   const core::Calendar& calendar);

struct Biography {
  core::Status first_status = core::Status::prospect;
  std::vector<core::Change> changes;  // those that time alone will bring included
  int times_lost = 0;                 // likewise
  int times_returned = 0;
};

// The whole life.
Biography biography(const std::vector<core::Fact>& sorted_facts, const core::RuleHistory& rules,
                    const core::Calendar& calendar);

}  // namespace winback::test
