// Thousands of random lives against the properties in support/random_life.cpp. A failure prints its seed and its life;
// WINBACK_SEED=<seed> runs that life alone, WINBACK_LIVES=<count> tries more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "support/random_life.hpp"

namespace winback::test {
namespace {

// A number from the environment.
std::optional<unsigned long> setting(const char* name) {
  const char* const text = std::getenv(name);
  return text ? std::optional(std::strtoul(text, nullptr, 10)) : std::nullopt;
}

RandomLife life_of_seed(unsigned long seed) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  return random_life([&](std::uint32_t below) { return static_cast<std::uint32_t>(random()) % below; });
}

TEST(RandomLife, IsTheSameByEveryWayOfTellingIt) {
  const auto only = setting("WINBACK_SEED");
  const unsigned long first = only.value_or(20240229);
  const unsigned long last = only ? first : first + setting("WINBACK_LIVES").value_or(10000) - 1;
  std::cout << "seeds " << first << " to " << last << "\n";
  for (unsigned long seed = first; seed <= last; ++seed) {
    const RandomLife life = life_of_seed(seed);
    const std::string complaints = complaints_about(life);
    ASSERT_TRUE(complaints.empty()) << "WINBACK_SEED=" << seed << "\n" << describe(life) << complaints;
  }
}

}  // namespace
}  // namespace winback::test
