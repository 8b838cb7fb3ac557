// See beta_orders.hpp.
#include "core/beta_orders.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace winback::core {

// P(N > n) needs P(N = n) from 0 on, so it is summed the other way round: a client that may make N orders makes
// made(N) = sum over n < N of (b)_n / (a + b)_n.
double beta_orders_by_sum(double k, double lengths, double a, double b) {
  constexpr double kNegligible = 1e-13;
  const double z = lengths / (1 + lengths), mean = k * lengths;
  double chance = std::exp(-k * std::log1p(lengths)), survives = 1, made = 0, sum = 0;
  for (double n = 0;;) {
    made += survives;
    survives *= (b + n) / (a + b + n);
    chance *= (k + n) * z / (n + 1);
    ++n;
    sum += chance * made;
    // What follows is at most a geometric series, for made(n) / n does not grow.
    if (n > mean) {
      const double ratio = (k + n) * z / n;
      if (ratio < 1 && chance * made * ratio <= kNegligible * sum * (1 - ratio)) return sum;
    }
  }
}

// The mean over p, as an integral by its log-odds w: the integrand is smooth and small within pi / 2 of the real line,
// so that plain sums of points are right to all digits; and it falls off like exp(a w) and exp(-b w), so that the
// points far out are a geometric series.
double beta_orders_by_mean(double k, double lengths, double a, double b) {
  constexpr double kFarOut = 28;        // e^-28 is next to nothing beside 1
  constexpr double kNegligible = 1e-20;
  const double step = std::min(0.25, std::sqrt(1 / a + 1 / b) / 4), middle = std::log(a / b);
  const double constant = boost::math::lgamma(a + b) - boost::math::lgamma(a) - boost::math::lgamma(b);
  const auto integrand = [&](double w) {
    const double log_p = -std::log1p(std::exp(-w)), log_rest = -std::log1p(std::exp(w));
    const double gone = -std::expm1(-k * std::log1p(std::exp(log_p) * lengths));
    return gone * std::exp(constant + (a - 1) * log_p + b * log_rest);
  };
  double sum = integrand(middle);
  const auto add_side = [&](double direction, double far_out, double fall) {
    double w = middle, point = 0;
    do {
      w += direction * step;
      point = integrand(w);
      sum += point;
      if (point <= kNegligible * sum) return;
    } while (direction * w < far_out);
    sum += point / std::expm1(fall * step);
  };
  add_side(-1, kFarOut + std::log(1 + b + k + k * lengths + lengths), a);
  add_side(1, kFarOut + std::log(1 + a + k), b);
  return sum * step;
}

double beta_orders(double k, double lengths, double a, double b) {
  constexpr double kLong = 200;      // terms of the sum
  constexpr double kSmallest = 600;  // e^-600 is a number still
  if (lengths <= 0) return 0;
  const bool is_short = k * lengths + 40 * (1 + lengths) < kLong && k * std::log1p(lengths) < kSmallest;
  return is_short ? beta_orders_by_sum(k, lengths, a, b) : beta_orders_by_mean(k, lengths, a, b);
}

}  // namespace winback::core
