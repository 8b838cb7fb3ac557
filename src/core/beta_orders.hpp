// The orders that a client makes which leaves after some order, and is alive now: it orders at a rate gamma(k, A), and
// after each order leaves with a chance beta(a, b).
//
// The (n + 1)-th order is made if the time holds more than n of them, and the client has not left after the n before:
//
//   orders = sum over n from 0 of P(N > n) (b)_n / (a + b)_n
//
// with N negative binomial, P(N = n) = (k)_n / n! z^n (1 - z)^k, z = t / (A + t). This is what the papers write as a
// difference with a hypergeometric function over a - 1, which is 0 / 0 at a = 1; here every term is positive and none is
// divided by a - 1. Where N is great, the sum is long, and the same is had as a mean over the chance p of leaving, of
// (1 - (1 + p t / A)^-k) / p.
#pragma once

namespace winback::core {

// `lengths`: t / A.
double beta_orders(double k, double lengths, double a, double b);

// By the sum, and by the mean over p: the same number.
double beta_orders_by_sum(double k, double lengths, double a, double b);
double beta_orders_by_mean(double k, double lengths, double a, double b);

}  // namespace winback::core
