// See histories.hpp.
#include "core/histories.hpp"

#include <algorithm>

namespace winback::core {

namespace {

// By frequency, recency and age. As <=> has it, which must also think of numbers that are none.
constexpr auto kOrder = [](const Group& a, const Group& b) {
  const History &one = a.history, &other = b.history;
  if (one.frequency != other.frequency) return one.frequency < other.frequency;
  if (one.recency != other.recency) return one.recency < other.recency;
  return one.age < other.age;
};

}  // namespace

void Histories::add(const History& history) {
  groups_.push_back({history, 1});
  if (groups_.size() < merge_at_) return;
  merge();
  merge_at_ = std::max(merge_at_, 2 * groups_.size());
}

const std::vector<Group>& Histories::groups() {
  merge();
  return groups_;
}

// Makes one group of equal ones.
void Histories::merge() {
  const auto added = groups_.begin() + static_cast<std::ptrdiff_t>(merged_);
  std::sort(added, groups_.end(), kOrder);
  std::inplace_merge(groups_.begin(), added, groups_.end(), kOrder);
  std::size_t last = 0;
  for (std::size_t i = 1; i < groups_.size(); ++i) {
    if (groups_[i].history == groups_[last].history)
      groups_[last].clients += groups_[i].clients;
    else
      groups_[++last] = groups_[i];
  }
  if (!groups_.empty()) groups_.resize(last + 1);
  merged_ = groups_.size();
}

ClientCount count(const std::vector<Group>& groups) {
  ClientCount all;
  for (const Group& group : groups) {
    all.clients += group.clients;
    if (group.history.frequency > 0) all.repeaters += group.clients;
  }
  return all;
}

}  // namespace winback::core
