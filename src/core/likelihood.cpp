// See likelihood.hpp. Below, k = r + frequency; a client that did what it did has either stayed until now, or left
// before: the likelihood is a sum of the two, of which `stayed` is the first one's share.
#include "core/likelihood.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <unordered_map>

#include "core/leaving.hpp"

namespace winback::core {

namespace {

using boost::math::digamma;
using boost::math::lgamma;

// The sum of logarithms of 1 + odds, with odds from 0 to 1: most often of single clients, whose factors are multiplied
// first, for a logarithm is dear.
class LogSum {
 public:
  void add(double odds, double clients) {
    if (clients != 1) {
      sum_ += clients * std::log1p(odds);
    } else {
      product_ *= 1 + odds;
      if (++factors_ == kMostFactors) take();
    }
  }
  double sum() {
    take();
    return sum_;
  }

 private:
  static constexpr int kMostFactors = 500;  // 2^500 is a number still
  void take() {
    sum_ += std::log(product_);
    product_ = 1;
    factors_ = 0;
  }
  double sum_ = 0, product_ = 1;
  int factors_ = 0;
};

// Two ways in which a client may have come to what it did, by the logarithms of their likelihoods: the greater of them,
// how the lesser stands to it, and the share of the first.
struct Either {
  Either(double first, double second) {
    const double difference = second - first;  // -infinity where there is no second
    odds = std::exp(-std::abs(difference));
    const double greater_share = 1 / (1 + odds);
    greater = difference <= 0 ? first : second;
    share = difference <= 0 ? greater_share : odds * greater_share;
  }
  double greater = 0, odds = 0, share = 1;
};

// What the models of orders have in common, and what depends on the frequency alone.
class Pace {
 public:
  Pace(double r, double alpha)
      : log_alpha_(std::log(alpha)), lgamma_r_(lgamma(r)), digamma_r_(digamma(r)), r_(r) {}

  void take(double frequency) {
    k = r_ + frequency;
    value = lgamma(k) - lgamma_r_ + r_ * log_alpha_;
    by_r = digamma(k) - digamma_r_ + log_alpha_;
  }
  double k = 0, value = 0, by_r = 0;

 private:
  double log_alpha_, lgamma_r_, digamma_r_, r_;
};

// The logarithms of all times, counted from a parameter before their beginning; and their inverses.
struct Shifted {
  Shifted(double before, const std::vector<double>& times) : logarithms(times.size()), inverses(times.size()) {
    for (std::size_t i = 0; i < times.size(); ++i) {
      logarithms[i] = std::log(before + times[i]);
      inverses[i] = 1 / (before + times[i]);
    }
  }
  std::vector<double> logarithms, inverses;
};

void add(Parameters& sum, const Parameters& summand, double weight) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * summand[i];
}

// NBD: nobody leaves.
double nbd(const Parameters& parameters, const GroupTable& groups, Parameters& gradient) {
  const auto [r, alpha, unused_1, unused_2] = parameters;
  const Shifted from_alpha(alpha, groups.times());
  Pace pace(r, alpha);
  double sum = 0;
  std::size_t at = 0;
  for (const auto& [frequency, end] : groups.runs()) {
    pace.take(frequency);
    double clients = 0, log_age = 0, inverse_age = 0;
    for (; at < end; ++at) {
      const GroupTable::Row& row = groups.rows()[at];
      clients += row.clients;
      log_age += row.clients * from_alpha.logarithms[row.age];
      inverse_age += row.clients * from_alpha.inverses[row.age];
    }
    sum += clients * pace.value - pace.k * log_age;
    add(gradient, {clients * pace.by_r - log_age, clients * r / alpha - pace.k * inverse_age, 0, 0}, 1);
  }
  return sum;
}

// MBG/NBD and BG/NBD: a client may leave `chances` times, after each order or after each but the first.
double beta_geometric(Model model, const Parameters& parameters, const GroupTable& groups, Parameters& gradient) {
  const auto [r, alpha, a, b] = parameters;
  const double first = model == Model::mbg_nbd ? 1 : 0;
  const double lgamma_ab = lgamma(a + b) - lgamma(b);
  const double digamma_ab = digamma(a + b), digamma_b = digamma(b);
  const Shifted from_alpha(alpha, groups.times());
  const double* const logarithms = from_alpha.logarithms.data();
  const double* const inverses = from_alpha.inverses.data();
  Pace pace(r, alpha);
  LogSum beside;
  double sum = 0;
  std::size_t at = 0;
  for (const auto& [frequency, end] : groups.runs()) {
    pace.take(frequency);
    const double k = pace.k, chances = frequency + first;
    const double never_left = lgamma_ab + lgamma(b + chances) - lgamma(a + b + chances);
    const double by_a = digamma_ab - digamma(a + b + chances);
    const double by_b = by_a + digamma(b + chances) - digamma_b;
    const double log_odds = chances > 0 ? std::log(a / (b + chances - 1)) : -INFINITY;
    // Over the clients of this frequency; of what depends on their times, with the share of either way.
    double clients = 0, greater = 0, logarithm = 0, inverse = 0, left = 0;
    for (; at < end; ++at) {
      const GroupTable::Row& row = groups.rows()[at];
      const double log_age = logarithms[row.age], log_recency = logarithms[row.recency];
      const Either either(-k * log_age, log_odds - k * log_recency);
      const double stayed = row.clients * either.share, gone = row.clients - stayed;
      beside.add(either.odds, row.clients);
      clients += row.clients;
      greater += row.clients * either.greater;
      logarithm += stayed * log_age + gone * log_recency;
      inverse += stayed * inverses[row.age] + gone * inverses[row.recency];
      left += gone;
    }
    sum += clients * (pace.value + never_left) + greater;
    add(gradient,
        {clients * pace.by_r - logarithm, clients * r / alpha - k * inverse, clients * by_a + left / a,
         clients * by_b - (chances > 0 ? left / (b + chances - 1) : 0)},
        1);
  }
  return sum + beside.sum();
}

// Pareto/NBD.
double pareto(const Parameters& parameters, const GroupTable& groups, Parameters& gradient) {
  const auto [r, alpha, s, beta] = parameters;
  const double log_beta = std::log(beta);
  const Shifted from_alpha(alpha, groups.times());
  Pace pace(r, alpha);
  LogSum beside;
  double sum = 0;
  std::size_t at = 0;
  for (const auto& [frequency, end] : groups.runs()) {
    pace.take(frequency);
    for (; at < end; ++at) {
      const auto& [recency_number, age_number, clients] = groups.rows()[at];
      const double recency = groups.times()[recency_number], age = groups.times()[age_number];
      const double log_age = from_alpha.logarithms[age_number], log_recency = from_alpha.logarithms[recency_number];
      const double log_kept = -std::log1p(age / beta);
      const Leaving gone = leaving(pace.k, alpha + recency, s, beta + recency, age - recency);
      const double log_gone = -std::log1p(recency / beta);
      const Either either(-pace.k * log_age + s * log_kept,
                          -pace.k * log_recency + s * log_gone + std::log(gone.chance));
      const double stayed = either.share, left = 1 - stayed;
      beside.add(either.odds, clients);
      sum += clients * (pace.value + either.greater);
      add(gradient,
          {pace.by_r - stayed * log_age - left * gone.log_a,
           r / alpha - pace.k * (stayed / (alpha + age) + left * gone.inverse_a),
           stayed * log_kept + left * (1 / s + log_beta - gone.log_b),
           s / beta - stayed * s / (beta + age) - left * (s + 1) * gone.inverse_b},
          clients);
    }
  }
  return sum + beside.sum();
}

}  // namespace

GroupTable::GroupTable(const std::vector<Group>& groups) {
  std::unordered_map<double, std::uint32_t> numbers;
  const auto number_of = [&](double time) {
    const auto [found, is_new] = numbers.try_emplace(time, static_cast<std::uint32_t>(times_.size()));
    if (is_new) times_.push_back(time);
    return found->second;
  };
  rows_.reserve(groups.size());
  for (const auto& [history, clients] : groups) {
    if (runs_.empty() || runs_.back().frequency != history.frequency) runs_.push_back({history.frequency, 0});
    rows_.push_back({number_of(history.recency), number_of(history.age), clients});
    runs_.back().end = rows_.size();
  }
}

double log_likelihood(Model model, const Parameters& parameters, const GroupTable& groups, Parameters* gradient) {
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
