// The greatest value of a smooth function within bounds, looked for from several starting points, and how sharp it is.
//
// NLopt climbs (SLSQP); from the best point found, Newton's steps go to the top itself, so that what a climb's own
// tolerance has left is made up for, and the distance from the top that is left is known.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace winback::core {

using Point = std::vector<double>;

// The value of a point; writes the gradient there into the second argument, which has the right size. What it throws
// ends the search.
using Climbed = std::function<double(const Point&, Point& gradient)>;

// The same bounds of every coordinate.
struct Bounds {
  double lower, upper;
};

struct Maximum {
  Point at;
  double value = 0;
  double gradient_norm = 0;
  // By how much the function would be greater at the top of the parabola that it is here; nullopt: it is no hill here,
  // but a ridge or a plain, and there is no covariance either.
  std::optional<double> below_top;
  std::vector<Point> covariance;  // the inverse of minus the second derivatives
};

// nullopt: the function has no finite value at any of the starts.
std::optional<Maximum> maximum(const Climbed& function, const std::vector<Point>& starts, const Bounds& bounds);

// The same from a point that is near the top, by Newton's steps alone; `covariance`: about what it is there.
Maximum maximum_near(const Climbed& function, const Point& start, const std::vector<Point>& covariance,
                     const Bounds& bounds);

}  // namespace winback::core
