// How long cases lasted: from a purchase to the next one, say, or to the day of looking where none has come yet. A case
// of the second kind is censored: it lasts at least so long.
//
// Cases are kept in memory that the caller provides, as entries: first those that are sorted, of which no two are of one
// duration and kind, then the others, as they came. Gathering them takes memory and time for the different ones only,
// and gaps of whole days are few.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace winback::core {

// Cases of one duration and kind. The key orders by duration, and at one duration ended before censored: who was seen
// last when another ended was there until then.
struct Cases {
  std::uint64_t key;
  std::int64_t count;
};

// A duration is a finite number, 0 or more: the sign of its bits is free.
constexpr Cases one_case(double duration, bool ended) {
  return {std::bit_cast<std::uint64_t>(duration) << 1 | static_cast<std::uint64_t>(!ended), 1};
}
constexpr double duration_of(const Cases& cases) { return std::bit_cast<double>(cases.key >> 1); }
constexpr bool has_ended(const Cases& cases) { return (cases.key & 1) == 0; }

// Gathers entries, of which the first so many are sorted; returns how many are left, all of them sorted.
std::size_t gather(std::span<Cases> entries, std::size_t sorted);

}  // namespace winback::core
