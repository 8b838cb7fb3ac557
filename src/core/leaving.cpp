// See leaving.hpp.
#include "core/leaving.hpp"

#include <cmath>

#include "core/panels.hpp"

namespace winback::core {

namespace {

constexpr double kNegligible = 1e-17;  // share of the whole that may be left out

// Visits the nodes with their share of the chance, and the logarithms of 1 + u / A and 1 + u / B.
template <class Visit>
double visit_leaving(double k, double a, double s, double b, double length, const Visit& visit) {
  double chance = 0;
  const auto density = [&](double log_a, double log_b) { return s / b * std::exp(-k * log_a - (s + 1) * log_b); };
  integrate(
      (k + 1) / a + (s + 1) / b, length,
      [&](double u, double weight) {
        const double log_a = std::log1p(u / a), log_b = std::log1p(u / b);
        const double share = weight * density(log_a, log_b);
        chance += share;
        visit(u, share, log_a, log_b);
      },
      [&](double u) {
        return (length - u) * density(std::log1p(u / a), std::log1p(u / b)) < kNegligible * chance;
      });
  return chance;
}

}  // namespace

Leaving leaving(double k, double a, double s, double b, double length) {
  Leaving sum;
  sum.chance = visit_leaving(k, a, s, b, length, [&](double u, double share, double log_a, double log_b) {
    sum.log_a += share * log_a;
    sum.log_b += share * log_b;
    sum.inverse_a += share / (a + u);
    sum.inverse_b += share / (b + u);
  });
  if (sum.chance <= 0) return {};
  return {sum.chance, std::log(a) + sum.log_a / sum.chance, sum.inverse_a / sum.chance,
          std::log(b) + sum.log_b / sum.chance, sum.inverse_b / sum.chance};
}

double chance_of_leaving(double k, double a, double s, double b, double length) {
  return visit_leaving(k, a, s, b, length, [](double, double, double, double) {});
}

}  // namespace winback::core
