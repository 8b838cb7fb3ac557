// See maximum.hpp.
#include "core/maximum.hpp"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <numeric>

namespace winback::core {

namespace {

constexpr int kMostClimbs = 300;        // evaluations of a climb
constexpr double kClimbed = 1e-12;      // relative gain at which a climb ends
constexpr int kMostSteps = 30;          // of Newton
constexpr double kAtTop = 1e-9;         // as near to the top as it is gone
constexpr double kLongestStep = 1;      // in any coordinate
constexpr double kDifference = 1e-4;    // between the points of which second derivatives are made

// What NLopt is given to hand back to us, with what the function has thrown: no exception may cross C.
struct Climb {
  const Climbed& function;
  nlopt_opt search;
  std::exception_ptr thrown;
  Point at, gradient;
};

double climb_value(unsigned size, const double* at, double* gradient, void* data) {
  auto& climb = *static_cast<Climb*>(data);
  try {
    climb.at.assign(at, at + size);
    const double value = climb.function(climb.at, climb.gradient);
    if (gradient) std::ranges::copy(climb.gradient, gradient);
    return std::isfinite(value) ? value : -HUGE_VAL;
  } catch (...) {
    climb.thrown = std::current_exception();
    nlopt_force_stop(climb.search);
    return -HUGE_VAL;
  }
}

// Climbs from a start; how it ended is of no interest, for the point is judged by itself.
Point climbed(const Climbed& function, Point start, const Bounds& bounds) {
  const auto size = static_cast<unsigned>(start.size());
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(nlopt_create(NLOPT_LD_SLSQP, size),
                                                                      nlopt_destroy);
  if (!search) throw std::bad_alloc();
  Climb climb{function, search.get(), nullptr, start, Point(size)};
  nlopt_set_max_objective(search.get(), climb_value, &climb);
  nlopt_set_lower_bounds1(search.get(), bounds.lower);
  nlopt_set_upper_bounds1(search.get(), bounds.upper);
  nlopt_set_ftol_rel(search.get(), kClimbed);
  nlopt_set_maxeval(search.get(), kMostClimbs);
  double value = 0;
  nlopt_optimize(search.get(), start.data(), &value);
  if (climb.thrown) std::rethrow_exception(climb.thrown);
  return start;
}

double dot(const Point& a, const Point& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

// Minus the second derivatives, as differences of the gradient.
std::vector<Point> information(const Climbed& function, const Point& at) {
  const std::size_t size = at.size();
  std::vector<Point> result(size, Point(size));
  for (std::size_t i = 0; i < size; ++i) {
    Point beside = at, ahead(size), behind(size);
    beside[i] = at[i] + kDifference;
    function(beside, ahead);
    beside[i] = at[i] - kDifference;
    function(beside, behind);
    for (std::size_t j = 0; j < size; ++j) result[i][j] = (behind[j] - ahead[j]) / (2 * kDifference);
  }
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < i; ++j) result[i][j] = result[j][i] = (result[i][j] + result[j][i]) / 2;
  return result;
}

// The inverse of a positive definite matrix, by Cholesky; nullopt: it is none, or all but none.
std::optional<std::vector<Point>> inverse(std::vector<Point> matrix) {
  constexpr double kAllButNone = 1e-10;
  const std::size_t size = matrix.size();
  for (std::size_t i = 0; i < size; ++i) {
    const double diagonal = matrix[i][i];
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= matrix[i][k] * matrix[j][k];
      if (j < i)
        matrix[i][j] = rest / matrix[j][j];
      else if (rest > kAllButNone * diagonal)
        matrix[i][i] = std::sqrt(rest);
      else
        return std::nullopt;
    }
  }
  std::vector<Point> result(size, Point(size));
  for (std::size_t column = 0; column < size; ++column) {
    Point solution(size);
    for (std::size_t i = 0; i < size; ++i) {
      double rest = i == column ? 1 : 0;
      for (std::size_t k = 0; k < i; ++k) rest -= matrix[i][k] * solution[k];
      solution[i] = rest / matrix[i][i];
    }
    for (std::size_t i = size; i-- > 0;) {
      for (std::size_t k = i + 1; k < size; ++k) solution[i] -= matrix[k][i] * solution[k];
      solution[i] /= matrix[i][i];
    }
    for (std::size_t i = 0; i < size; ++i) result[i][column] = solution[i];
  }
  return result;
}

// The product of a matrix with a vector.
Point product(const std::vector<Point>& matrix, const Point& vector) {
  Point result;
  for (const Point& row : matrix) result.push_back(dot(row, vector));
  return result;
}

// What the function is like at a point.
Maximum look_at(const Climbed& function, const Point& at, Point& step) {
  Maximum found;
  found.at = at;
  Point gradient(at.size());
  found.value = function(at, gradient);
  found.gradient_norm = std::sqrt(dot(gradient, gradient));
  step = gradient;
  const auto covariance = inverse(information(function, at));
  if (!covariance) return found;
  found.covariance = *covariance;
  step = product(*covariance, gradient);
  found.below_top = dot(step, gradient) / 2;
  return found;
}

// Goes a step, but no farther than a parabola's reach and the bounds allow.
Point gone(const Point& from, const Point& step, const Bounds& bounds) {
  const double longest = std::abs(*std::ranges::max_element(step, {}, [](double s) { return std::abs(s); }));
  const double length = std::min(1.0, kLongestStep / longest);
  Point to = from;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::clamp(to[i] + length * step[i], bounds.lower, bounds.upper);
  return to;
}

// Goes to the top by Newton's steps, as long as they lead upwards.
Maximum top(const Climbed& function, const Point& start, const Bounds& bounds) {
  Point step;
  Maximum best = look_at(function, start, step);
  for (int i = 0; i < kMostSteps && best.below_top && *best.below_top > kAtTop; ++i) {
    Point next_step;
    const Point next = gone(best.at, step, bounds);
    Maximum found = look_at(function, next, next_step);
    const double rounding = 1e-13 * std::abs(best.value);
    if (!(found.value >= best.value - rounding) || !found.below_top || *found.below_top >= *best.below_top) break;
    best = std::move(found);
    step = std::move(next_step);
  }
  return best;
}

// Goes near the top by the steps of a parabola that is about the function's: each costs one value instead of nine, and
// comes nearer by some decimal places.
Point approached(const Climbed& function, Point at, const std::vector<Point>& covariance, const Bounds& bounds) {
  Point gradient(at.size());
  double below_top = HUGE_VAL;
  for (int i = 0; i < kMostSteps && below_top > kAtTop; ++i) {
    function(at, gradient);
    const Point step = product(covariance, gradient);
    const double now_below = dot(step, gradient) / 2;
    if (!(now_below < below_top / 2)) break;
    below_top = now_below;
    at = gone(at, step, bounds);
  }
  return at;
}

}  // namespace

std::optional<Maximum> maximum(const Climbed& function, const std::vector<Point>& starts, const Bounds& bounds) {
  std::optional<Point> best;
  double best_value = -HUGE_VAL;
  for (const Point& start : starts) {
    const Point end = climbed(function, start, bounds);
    Point gradient(end.size());
    const double value = function(end, gradient);
    if (std::isfinite(value) && value > best_value) best = end, best_value = value;
  }
  if (!best) return std::nullopt;
  return top(function, *best, bounds);
}

Maximum maximum_near(const Climbed& function, const Point& start, const std::vector<Point>& covariance,
                     const Bounds& bounds) {
  return top(function, approached(function, start, covariance, bounds), bounds);
}

}  // namespace winback::core
