// Fitting a model: the parameters that explain best what clients did, and whether the data tell them at all.
//
//   status           when
//   ---------------  ------------------------------------------------------------------------------------------------
//   converged        the log-likelihood is within 1e-6 of its top, and what follows does not hold
//   not_identified   the data leave a parameter open: it ran to the end of its range, the likelihood is flat there, or
//                    the parameter is known to no better than a factor of exp(2 x 2). Or a model in which nobody
//                    leaves explains the data as well: the likelihood ratio test says so at 5 %, as in a shop that
//                    nobody leaves
//   failed           no top was found
//
// The search is for the logarithms of the parameters, in the clients' mean age and mean value as units, so that it
// runs alike whatever the unit is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/histories.hpp"

namespace winback::core {

enum class FitStatus { converged, not_identified, failed };

// The status as it stands in SQL.
std::string_view name_of(FitStatus status);

struct Fit {
  FitStatus status = FitStatus::failed;
  std::string why;  // in words; empty: it converged
  // Of a fit that has not failed:
  Parameters parameters{};
  double log_likelihood = 0;
  double gradient_norm = 0;  // by the logarithms of the parameters
  std::optional<Parameters> standard_errors;  // from the observed information; nullopt where that is none
};

// The least data that a model is fitted to.
inline constexpr ClientCount kLeastForOrders{.clients = 100, .repeaters = 20};
inline constexpr ClientCount kLeastForValues{.clients = 50, .repeaters = 50};

// Called now and then during a fit; what it throws ends the fit.
using Interruption = void (*)();

// Fits a model of orders.
Fit fit(Model model, std::vector<Group> groups, Interruption check = [] {});
// Fits the model of values: to clients that came back, and spent something.
Fit fit(std::vector<Spending> clients, Interruption check = [] {});

}  // namespace winback::core
