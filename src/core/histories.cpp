// See histories.hpp.
#include "core/histories.hpp"

#include <algorithm>

namespace winback::core {

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
  std::ranges::sort(groups_, {}, &Group::history);
  std::size_t last = 0;
  for (std::size_t i = 1; i < groups_.size(); ++i) {
    if (groups_[i].history == groups_[last].history)
      groups_[last].clients += groups_[i].clients;
    else
      groups_[++last] = groups_[i];
  }
  if (!groups_.empty()) groups_.resize(last + 1);
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
