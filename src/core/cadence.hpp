// How regularly a client buys: the gaps between its purchase days, in days.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"

namespace winback::core {

struct Cadence {
  double median = 0, shortest = 0, longest = 0;
  double deviation = 0;  // the standard deviation of a sample; NaN of a single gap
  double variation = 0;  // the coefficient of variation: deviation / mean
};

// Of two days or more, ascending, none of them twice.
Cadence cadence_of(std::span<const Day> days);

// Puts days in order, each once; returns how many that leaves.
std::size_t order(std::span<Day> days);

}  // namespace winback::core
