// Random lives and what must hold of each: shared by the property test (choices by a seed) and the fuzzer (choices by
// the fuzzer's bytes).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/life.hpp"
#include "support/calendar.hpp"

namespace winback::test {

// Yields a number from 0 to below - 1.
using Choose = std::function<std::uint32_t(std::uint32_t below)>;

struct RandomLife {
  const TestCalendar* calendar = nullptr;
  core::RuleHistory rules;
  std::vector<core::Fact> facts;  // sorted, at least one
};

// A life of few facts on a coarse grid of days, under crude rules, so that instants coincide often.
RandomLife random_life(const Choose& choose);

// The life as text, to be read when it has failed.
std::string describe(const RandomLife& life);

// What does not hold of the life; empty: all does.
std::string complaints_about(const RandomLife& life);

}  // namespace winback::test
