// See scores.hpp.
#include "core/scores.hpp"

#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "core/beta_orders.hpp"
#include "core/leaving.hpp"
#include "core/panels.hpp"

namespace winback::core {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The chance whose logarithm of the odds is given.
double logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

// How often the client may have left: after each order, in the BG/NBD but the first.
double chances_to_leave(Model model, double frequency) { return model == Model::mbg_nbd ? frequency + 1 : frequency; }

// A rate of a unit of time as one that compounds at every instant.
double continuous(double rate) { return std::log1p(rate); }

// How many orders a client that is alive makes within a time.
double orders_if_alive(Model model, const Parameters& parameters, const History& client, double horizon) {
  const double k = parameters[0] + client.frequency, a = parameters[1] + client.age;
  if (model == Model::pareto_nbd) {
    const double s = parameters[2], b = parameters[3] + client.age;
    const double log_length = std::log1p(horizon / b), power = s - 1;
    const double mean_stay = power == 0 ? log_length : -std::expm1(-power * log_length) / power;
    return k / a * b * mean_stay;
  }
  const double chances = chances_to_leave(model, client.frequency);
  return beta_orders(k, horizon / a, parameters[2], parameters[3] + chances);
}

}  // namespace

double p_alive(Model model, const Parameters& parameters, const History& client) {
  const auto [r, alpha, leaves_1, leaves_2] = parameters;
  const double k = r + client.frequency, silence = client.age - client.recency;
  const double log_silence = std::log1p(silence / (alpha + client.recency));
  if (model == Model::pareto_nbd) {
    const double b = leaves_2 + client.recency;
    const double left = chance_of_leaving(k, alpha + client.recency, leaves_1, b, silence);
    return logistic(-k * log_silence - leaves_1 * std::log1p(silence / b) - std::log(left));
  }
  const double chances = chances_to_leave(model, client.frequency);
  if (chances == 0) return 1;
  return logistic(std::log((leaves_2 + chances - 1) / leaves_1) - k * log_silence);
}

double p_no_order(Model model, const Parameters& parameters, const History& client, double horizon) {
  const double k = parameters[0] + client.frequency, a = parameters[1] + client.age;
  double silent = std::exp(-k * std::log1p(horizon / a));
  if (model == Model::pareto_nbd) {
    const double s = parameters[2], b = parameters[3] + client.age;
    silent = silent * std::exp(-s * std::log1p(horizon / b)) + chance_of_leaving(k, a, s, b, horizon);
  }
  const double alive = p_alive(model, parameters, client);
  return (1 - alive) + alive * silent;
}

double expected_orders(Model model, const Parameters& parameters, const History& client, double horizon) {
  return p_alive(model, parameters, client) * orders_if_alive(model, parameters, client, horizon);
}

// Integrated by parts, so that only expected numbers of orders are needed, and not their derivative.
double discounted_orders(Model model, const Parameters& parameters, const History& client, double horizon,
                         double discount_rate) {
  const double rate = continuous(discount_rate);
  double orders = std::exp(-rate * horizon) * orders_if_alive(model, parameters, client, horizon);
  if (rate > 0) {
    double change = rate + 1 / (parameters[1] + client.age);
    if (model == Model::pareto_nbd) change += 1 / (parameters[3] + client.age);
    integrate(
        change, horizon,
        [&](double t, double weight) {
          orders += weight * rate * std::exp(-rate * t) * orders_if_alive(model, parameters, client, t);
        },
        [&](double t) { return rate * t > 60; });
  }
  return p_alive(model, parameters, client) * orders;
}

double next_order_in(Model, const Parameters& parameters, const History& client, double quantile) {
  const double k = parameters[0] + client.frequency, a = parameters[1] + client.age;
  return a * std::expm1(-std::log1p(-quantile) / k);
}

double age_at_p_alive(Model model, const Parameters& parameters, double frequency, double recency, double threshold) {
  const auto [r, alpha, leaves_1, leaves_2] = parameters;
  const double k = r + frequency;
  if (model != Model::pareto_nbd) {
    const double chances = chances_to_leave(model, frequency);
    if (chances == 0) return kInfinity;
    const double log_odds = std::log((leaves_2 + chances - 1) / leaves_1) - std::log(threshold / (1 - threshold));
    if (log_odds <= 0) return recency;
    return recency + (alpha + recency) * std::expm1(log_odds / k);
  }
  // The chance falls from 1 to 0 as the silence grows; by the logarithm of the silence it is looked for.
  const auto age_at = [&](double log_silence) { return recency + (alpha + recency) * std::expm1(log_silence); };
  const auto above = [&](double log_silence) {
    return p_alive(model, parameters, {frequency, recency, age_at(log_silence)}) - threshold;
  };
  double lower = 0, upper = 1;
  for (; above(upper) > 0; lower = upper, upper *= 2)
    if (upper > 500) return kInfinity;
  std::uintmax_t steps = 200;
  const auto [low, high] =
      boost::math::tools::toms748_solve(above, lower, upper, boost::math::tools::eps_tolerance<double>(50), steps);
  return age_at((low + high) / 2);
}

double expected_value(const Parameters& parameters, const Spending& client) {
  const auto [p, q, gamma, unused] = parameters;
  const double below = p * client.frequency + q - 1;
  return below > 0 ? p * (gamma + client.frequency * client.mean_value) / below : kInfinity;
}

}  // namespace winback::core
