// The hypergeometric function 2F1(a, b; c; z) by its series, for 0 <= z < 1: with it the papers write what the
// models say.
#pragma once

#include <cmath>

namespace winback::test {

inline double hypergeometric(double a, double b, double c, double z) {
  double term = 1, sum = 1;
  for (int n = 0; std::abs(term) > 1e-17 * std::abs(sum); ++n) {
    term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
    sum += term;
  }
  return sum;
}

}  // namespace winback::test
