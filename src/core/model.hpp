// The models of when clients buy and leave, and of what an order of theirs is worth.
//
//   name          a client orders at a rate    and leaves                                    parameters
//   ------------  ---------------------------  --------------------------------------------  ------------------
//   mbg/nbd       of its own, gamma(r, alpha)  after any order, the first one included,      r, alpha, a, b
//                                              with a chance of its own, beta(a, b)
//   bg/nbd        likewise                     after any order but the first, likewise       r, alpha, a, b
//   pareto/nbd    likewise                     at any time, at a rate gamma(s, beta)         r, alpha, s, beta
//   nbd           likewise                     never: what the others are held against,      r, alpha
//                                              not offered to users
//
//   name          orders of a client           and their mean, of each client                parameters
//   ------------  ---------------------------  --------------------------------------------  ------------------
//   gamma/gamma   gamma(p) about their mean    is its own, inverse gamma(q, gamma)           p, q, gamma
//
// Sources: Batislam, Denizel, Filiztekin 2007 (mbg/nbd); Fader, Hardie, Lee 2005 (bg/nbd); Schmittlein, Morrison,
// Colombo 1987 (pareto/nbd); Fader, Hardie 2013 (gamma/gamma).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace winback::core {

enum class Model { mbg_nbd, bg_nbd, pareto_nbd, gamma_gamma, nbd };
inline constexpr std::array<std::string_view, 5> kModelNames = {"mbg/nbd", "bg/nbd", "pareto/nbd", "gamma/gamma",
                                                                "nbd"};

// The model as it stands in SQL, and back (nullopt: none that is offered).
constexpr std::string_view name_of(Model model) { return kModelNames[static_cast<std::size_t>(model)]; }
constexpr std::optional<Model> model_named(std::string_view name) {
  const auto found = std::ranges::find(kModelNames, name);
  if (found == kModelNames.end() || name == name_of(Model::nbd)) return std::nullopt;
  return static_cast<Model>(found - kModelNames.begin());
}

// Parameters in the order of their names, all of them positive; a model uses as many as it has names.
using Parameters = std::array<double, 4>;

// The names, as they stand in SQL.
inline constexpr std::array<std::string_view, 4> kBetaNames = {"r", "alpha", "a", "b"};
inline constexpr std::array<std::string_view, 4> kParetoNames = {"r", "alpha", "s", "beta"};
inline constexpr std::array<std::string_view, 3> kValueNames = {"p", "q", "gamma"};
constexpr std::span<const std::string_view> parameter_names(Model model) {
  switch (model) {
    case Model::pareto_nbd: return kParetoNames;
    case Model::gamma_gamma: return kValueNames;
    case Model::nbd: return std::span(kBetaNames).first(2);
    default: return kBetaNames;
  }
}

// Whether a parameter is an amount of what is measured, a time or a value: it grows as the unit shrinks.
constexpr bool is_scale(std::string_view parameter) {
  return parameter == "alpha" || parameter == "beta" || parameter == "gamma";
}

// What the models of orders are told of a client. Orders of one day are one; times are in the unit of the model, from
// the first order on.
struct History {
  double frequency = 0;  // orders after the first
  double recency = 0;    // age at the last order
  double age = 0;        // now

  auto operator<=>(const History&) const = default;
};

// What the model of values is told of one.
struct Spending {
  double frequency = 0;   // orders after the first
  double mean_value = 0;  // of these
};

}  // namespace winback::core
