// The distinct days of a client in the state of an aggregate.
#pragma once

#include <span>

#include "core/cadence.hpp"
#include "pg/aggregate.hpp"

namespace winback::report {

// All zeros: none. Days lie in the aggregate's memory; equal ones are thrown out when it is full.
class DaySet {
 public:
  void add(core::Day day, MemoryContext memory) {
    if (used_ > 0 && days_[used_ - 1] == day) return;
    if (used_ == capacity_) make_room(memory);
    days_[used_++] = day;
  }
  void add(const DaySet& other, MemoryContext memory) {
    for (std::int64_t i = 0; i < other.used_; ++i) add(other.days_[i], memory);
  }
  // All of them, ascending, each once.
  std::span<const core::Day> ordered() {
    used_ = static_cast<std::int64_t>(core::order({days_, static_cast<std::size_t>(used_)}));
    return {days_, static_cast<std::size_t>(used_)};
  }

  void write(pg::StateWriter& out) const {
    out.put(used_);
    out.put(days_, sizeof(core::Day) * used_);
  }
  void read(pg::StateReader& in, MemoryContext memory) {
    used_ = capacity_ = in.get<std::int64_t>();
    if (used_ == 0) return;
    const Size size = sizeof(core::Day) * used_;
    days_ = static_cast<core::Day*>(pg::call([&] { return MemoryContextAllocHuge(memory, size); }));
    in.get(days_, size);
  }

 private:
  void make_room(MemoryContext memory) {
    constexpr std::int64_t kFirst = 8;
    if (static_cast<std::int64_t>(ordered().size()) <= capacity_ / 2 && capacity_ > 0) return;
    const std::int64_t capacity = capacity_ == 0 ? kFirst : 2 * capacity_;
    const Size size = sizeof(core::Day) * capacity;
    days_ = static_cast<core::Day*>(pg::call([&] {
      return days_ ? repalloc_huge(days_, size) : MemoryContextAllocHuge(memory, size);
    }));
    capacity_ = capacity;
  }

  core::Day* days_;
  std::int64_t capacity_, used_;
};

}  // namespace winback::report
