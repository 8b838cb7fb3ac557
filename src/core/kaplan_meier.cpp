// See kaplan_meier.hpp.
#include "core/kaplan_meier.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

namespace winback::core {

namespace {

// Shares that differ by no more are the same, but for the errors of computing them.
constexpr double kSame = 1e-12;

}  // namespace

std::int64_t Curve::cases() const {
  return std::reduce(ended.begin(), ended.end()) + std::reduce(censored.begin(), censored.end());
}

double reach_of(double confidence) { return std::numbers::sqrt2 * boost::math::erf_inv(confidence); }

void KaplanMeier::pass(std::int64_t ended, std::int64_t censored) {
  const auto before = static_cast<double>(left_), ends = static_cast<double>(ended);
  left_ -= ended + censored;
  if (ended > 0) {
    survival_ = base_survival_ * (before - ends) / base_left_;
    variance_ += ends / (before * (before - ends));
  }
  if (censored > 0) base_survival_ = survival_, base_left_ = static_cast<double>(left_);
}

std::optional<double> KaplanMeier::standard_error() const {
  if (survival_ <= 0) return std::nullopt;
  return survival_ * std::sqrt(variance_);
}

Estimate KaplanMeier::estimate(double reach) const {
  if (survival_ <= 0 || survival_ >= 1) return {survival_, {}, {}};
  const double log = std::log(survival_);
  const double away = reach * std::sqrt(variance_) / -log;
  return {survival_, std::exp(log * std::exp(away)), std::exp(log * std::exp(-away))};
}

Estimate survival_at(const Curve& curve, double duration, double reach) {
  KaplanMeier walk(curve.cases());
  std::size_t i = 0;
  for (; i < curve.size() && curve.durations[i] <= duration; ++i) walk.pass(curve.ended[i], curve.censored[i]);
  const bool is_seen = i < curve.size() || walk.survival() <= 0 || (i > 0 && curve.durations[i - 1] == duration);
  return is_seen ? walk.estimate(reach) : Estimate{};
}

Estimate quantile(const Curve& curve, double share, double reach) {
  KaplanMeier walk(curve.cases());
  Estimate found;
  const auto reached = [&](const std::optional<double>& survival) {
    return survival && *survival <= 1 - share + kSame;
  };
  for (std::size_t i = 0; i < curve.size() && !found.high; ++i) {
    walk.pass(curve.ended[i], curve.censored[i]);
    const Estimate now = walk.estimate(reach);
    const double duration = curve.durations[i];
    if (!found.low && reached(now.low)) found.low = duration;
    if (!found.value && reached(now.value)) found.value = duration;
    if (!found.high && reached(now.high)) found.high = duration;
  }
  return found;
}

}  // namespace winback::core
