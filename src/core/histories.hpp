// The histories of many clients, the equal ones as one group: that takes memory and time for the different ones only,
// of which a shop has far fewer than clients.
#pragma once

#include <vector>

#include "core/model.hpp"

namespace winback::core {

// Clients with the same history.
struct Group {
  History history;
  double clients = 0;
};

class Histories {
 public:
  // Adds a client.
  void add(const History& history);
  // All groups, by ascending frequency, recency and age.
  const std::vector<Group>& groups();

 private:
  void merge();

  std::vector<Group> groups_;
  std::size_t merged_ = 0;       // so many of them are groups already, in their order; the others were just added
  std::size_t merge_at_ = 1 << 16;  // so many rows are merged, so as not to keep equal ones
};

// Number of clients, and of those of them that came back.
struct ClientCount {
  double clients = 0, repeaters = 0;
};
ClientCount count(const std::vector<Group>& groups);

}  // namespace winback::core
