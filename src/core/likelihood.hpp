// How well parameters explain what clients did: the log-likelihood of the models, and its gradient by hand.
//
// Everything is added up in logarithms; what the papers write as powers overflows for clients with many orders.
#pragma once

#include <cstdint>
#include <vector>

#include "core/histories.hpp"

namespace winback::core {

// Groups, laid out for their likelihood to be computed again and again. A shop that counts days has few different times
// among very many groups: each stands once, so that its logarithm is taken once.
class GroupTable {
 public:
  // By ascending frequency they need least.
  explicit GroupTable(const std::vector<Group>& groups);

  // A group; its times by their number.
  struct Row {
    std::uint32_t recency, age;
    double clients;
  };
  // The groups of one frequency: the rows before `end` that are in no run before.
  struct Run {
    double frequency;
    std::size_t end;
  };
  const std::vector<Run>& runs() const { return runs_; }
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<double>& times() const { return times_; }

 private:
  std::vector<Run> runs_;
  std::vector<Row> rows_;
  std::vector<double> times_;
};

// Of a model of orders. `gradient`, if wanted: by the parameters themselves, not their logarithms.
double log_likelihood(Model model, const Parameters& parameters, const GroupTable& groups,
                      Parameters* gradient = nullptr);

// Of the model of values. Every client must have come back, and spent something; sorted by frequency it is fastest.
double log_likelihood(const Parameters& parameters, const std::vector<Spending>& clients,
                      Parameters* gradient = nullptr);

}  // namespace winback::core
