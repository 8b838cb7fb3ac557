// How well parameters explain what clients did: the log-likelihood of the models, and its gradient by hand.
//
// Everything is added up in logarithms; what the papers write as powers overflows for clients with many orders.
#pragma once

#include <vector>

#include "core/histories.hpp"

namespace winback::core {

// Of a model of orders. `gradient`, if wanted: by the parameters themselves, not their logarithms.
double log_likelihood(Model model, const Parameters& parameters, const std::vector<Group>& groups,
                      Parameters* gradient = nullptr);

// Of the model of values. Every client must have come back, and spent something; sorted by frequency it is fastest.
double log_likelihood(const Parameters& parameters, const std::vector<Spending>& clients,
                      Parameters* gradient = nullptr);

}  // namespace winback::core
