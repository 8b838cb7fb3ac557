// The integral of the Pareto/NBD: a client that orders at a rate gamma(k, A) and leaves at a rate gamma(s, B), both as
// they are believed to be now, leaves within a time before it orders:
//
//   chance = integral over u from 0 to length of (A / (A + u))^k  s B^s / (B + u)^(s + 1)
//
// The papers write it as a difference of two hypergeometric functions, which loses its digits where alpha = beta, where
// the last order is of today, and where orders are many. All terms of the integral are positive, so it does not; and
// the gradient of the likelihood is made of means under it.
#pragma once

namespace winback::core {

struct Leaving {
  double chance = 0;
  // Means at the moment of leaving; not to be used where the chance is 0.
  double log_a = 0, inverse_a = 0;  // of ln(A + u) and 1 / (A + u)
  double log_b = 0, inverse_b = 0;  // of ln(B + u) and 1 / (B + u)
};

// With the means.
Leaving leaving(double k, double a, double s, double b, double length);
// The chance alone.
double chance_of_leaving(double k, double a, double s, double b, double length);

}  // namespace winback::core
