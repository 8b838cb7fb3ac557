// Integrals from 0 to a length, of functions that are smooth and change within a time of about 1 / rate at 0, and ever
// more slowly farther out: powers of (A + u), exponentials. Panels double in width, ten Gauss nodes to each, so the
// sum is right to about twelve digits at any length and any rate.
#pragma once

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>

namespace winback::core {

// Visits each node with its weight; after each panel `enough(u)` is asked whether what lies beyond u may be left out.
template <class Node, class Enough>
void integrate(double rate, double length, const Node& node, const Enough& enough) {
  using Gauss = boost::math::quadrature::gauss<double, 10>;
  double from = 0;
  for (double width = 1 / rate; from < length; width *= 2) {
    const double to = std::min(from + width, length);
    const double half = (to - from) / 2;
    for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
      const double offset = half * Gauss::abscissa()[i];
      const double weight = half * Gauss::weights()[i];
      node(from + half - offset, weight);
      node(from + half + offset, weight);
    }
    from = to;
    if (enough(from)) return;
  }
}

}  // namespace winback::core
