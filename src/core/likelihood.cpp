// See likelihood.hpp. Below, k = r + frequency; a client that did what it did has either stayed until now, or left
// before: the likelihood is a sum of the two, of which `stayed` is the first one's share.
#include "core/likelihood.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "core/leaving.hpp"

namespace winback::core {

namespace {

using boost::math::digamma;
using boost::math::lgamma;

// The logarithm of a sum, of two logarithms, and the share of the first.
struct LogSum {
  LogSum(double first, double second) {
    const double difference = second - first;  // -infinity where there is no second
    if (difference <= 0) {
      const double odds = std::exp(difference);
      value = first + std::log1p(odds);
      share = 1 / (1 + odds);
    } else {
      const double odds = std::exp(-difference);
      value = second + std::log1p(odds);
      share = odds / (1 + odds);
    }
  }
  double value = 0, share = 1;
};

// What the models of orders have in common, and what depends on the frequency alone: the groups come in its order, so
// these terms are computed once for each.
class Pace {
 public:
  Pace(double r, double alpha)
      : log_alpha_(std::log(alpha)), lgamma_r_(lgamma(r)), digamma_r_(digamma(r)), r_(r) {}

  // To be called with each group's frequency; true if it is another than before.
  bool take(double frequency) {
    if (frequency == frequency_) return false;
    frequency_ = frequency;
    k = r_ + frequency;
    value = lgamma(k) - lgamma_r_ + r_ * log_alpha_;
    by_r = digamma(k) - digamma_r_ + log_alpha_;
    return true;
  }
  double k = 0, value = 0, by_r = 0;

 private:
  double log_alpha_, lgamma_r_, digamma_r_, r_;
  double frequency_ = -1;
};

void add(Parameters& sum, const Parameters& summand, double weight) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * summand[i];
}

// NBD: nobody leaves.
double nbd(const Parameters& parameters, const std::vector<Group>& groups, Parameters& gradient) {
  const auto [r, alpha, unused_1, unused_2] = parameters;
  Pace pace(r, alpha);
  double sum = 0;
  for (const auto& [history, clients] : groups) {
    pace.take(history.frequency);
    const double log_age = std::log(alpha + history.age);
    sum += clients * (pace.value - pace.k * log_age);
    add(gradient, {pace.by_r - log_age, r / alpha - pace.k / (alpha + history.age), 0, 0}, clients);
  }
  return sum;
}

// MBG/NBD and BG/NBD: a client may leave `chances` times, after each order or after each but the first.
double beta_geometric(Model model, const Parameters& parameters, const std::vector<Group>& groups,
                      Parameters& gradient) {
  const auto [r, alpha, a, b] = parameters;
  const double first = model == Model::mbg_nbd ? 1 : 0;
  const double lgamma_ab = lgamma(a + b) - lgamma(b);
  const double digamma_ab = digamma(a + b), digamma_b = digamma(b);
  Pace pace(r, alpha);
  double never_left = 0, by_a = 0, by_b = 0, log_odds = 0, chances = 0, sum = 0;
  for (const auto& [history, clients] : groups) {
    if (pace.take(history.frequency)) {
      chances = history.frequency + first;
      never_left = lgamma_ab + lgamma(b + chances) - lgamma(a + b + chances);
      by_a = digamma_ab - digamma(a + b + chances);
      by_b = by_a + digamma(b + chances) - digamma_b;
      log_odds = std::log(a / (b + chances - 1));
    }
    const double log_age = std::log(alpha + history.age), log_recency = std::log(alpha + history.recency);
    const double silent = -pace.k * log_age;
    const LogSum both(silent, chances > 0 ? log_odds - pace.k * log_recency : -INFINITY);
    const double stayed = both.share, left = 1 - stayed;
    sum += clients * (pace.value + never_left + both.value);
    const double inverse = stayed / (alpha + history.age) + left / (alpha + history.recency);
    add(gradient,
        {pace.by_r - stayed * log_age - left * log_recency, r / alpha - pace.k * inverse, by_a + left / a,
         by_b - (left > 0 ? left / (b + chances - 1) : 0)},
        clients);
  }
  return sum;
}

// Pareto/NBD.
double pareto(const Parameters& parameters, const std::vector<Group>& groups, Parameters& gradient) {
  const auto [r, alpha, s, beta] = parameters;
  const double log_beta = std::log(beta);
  Pace pace(r, alpha);
  double sum = 0;
  for (const auto& [history, clients] : groups) {
    pace.take(history.frequency);
    const auto [x, recency, age] = history;
    const double log_age = std::log(alpha + age), log_recency = std::log(alpha + recency);
    const double log_kept = -std::log1p(age / beta);
    const Leaving gone = leaving(pace.k, alpha + recency, s, beta + recency, age - recency);
    const double log_gone = -std::log1p(recency / beta);
    const LogSum both(-pace.k * log_age + s * log_kept,
                      -pace.k * log_recency + s * log_gone + std::log(gone.chance));
    const double stayed = both.share, left = 1 - stayed;
    sum += clients * (pace.value + both.value);
    add(gradient,
        {pace.by_r - stayed * log_age - left * gone.log_a,
         r / alpha - pace.k * (stayed / (alpha + age) + left * gone.inverse_a),
         stayed * log_kept + left * (1 / s + log_beta - gone.log_b),
         s / beta - stayed * s / (beta + age) - left * (s + 1) * gone.inverse_b},
        clients);
  }
  return sum;
}

}  // namespace

double log_likelihood(Model model, const Parameters& parameters, const std::vector<Group>& groups,
                      Parameters* gradient) {
  Parameters unasked{};
  Parameters& slope = gradient ? *gradient : unasked;
  slope = {};
  switch (model) {
    case Model::nbd: return nbd(parameters, groups, slope);
    case Model::pareto_nbd: return pareto(parameters, groups, slope);
    default: return beta_geometric(model, parameters, groups, slope);
  }
}

double log_likelihood(const Parameters& parameters, const std::vector<Spending>& clients, Parameters* gradient) {
  const auto [p, q, gamma, unused] = parameters;
  const double digamma_q = digamma(q), log_gamma = std::log(gamma), constant = q * log_gamma - lgamma(q);
  Parameters slope{};
  double sum = 0, frequency = 0, of_frequency = 0, digamma_px = 0, digamma_all = 0;
  for (const auto& [x, mean] : clients) {
    const double px = p * x, all = px + q;
    if (x != frequency) {
      frequency = x;
      of_frequency = lgamma(all) - lgamma(px) + constant;
      digamma_px = digamma(px);
      digamma_all = digamma(all);
    }
    const double log_spent = std::log(x * mean), log_total = std::log(gamma + x * mean);
    sum += of_frequency + px * log_spent - std::log(mean) - all * log_total;
    add(slope,
        {x * (digamma_all - digamma_px + log_spent - log_total), digamma_all - digamma_q + log_gamma - log_total,
         q / gamma - all / (gamma + x * mean), 0},
        1);
  }
  if (gradient) *gradient = slope;
  return sum;
}

}  // namespace winback::core
