// The Kaplan-Meier estimate: the share of cases that last longer than a duration, where of some it is only known that
// they lasted so long (they are censored). At each duration d of which some ended, of n that lasted until then:
//
//   what                      formula                                         source
//   ------------------------  ----------------------------------------------  -------------------------------
//   survival S                product of (1 - ended / n)                      Kaplan, Meier 1958
//   its standard error        S * root of V, V = sum of ended / (n (n - ended))   Greenwood 1926
//   its limits                S ^ exp(+-z * root of V / ln S): "log-log"      Kalbfleisch, Prentice 1980
//   quantile p of durations   the least d with S(d) <= 1 - p, its limits      Brookmeyer, Crowley 1982
//                             likewise by those of S
//
// Limits are there where 0 < S < 1, the error where S > 0: elsewhere these formulas say nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace winback::core {

// Cases by duration, ascending: how many ended then, and how many were censored.
struct Curve {
  std::span<const double> durations;
  std::span<const std::int64_t> ended, censored;

  std::size_t size() const { return durations.size(); }
  std::int64_t cases() const;
};

// An estimate with its limits, as far as there are any.
struct Estimate {
  std::optional<double> value, low, high;
};

// The number of standard errors that an interval of this confidence, between 0 and 1, has on either side.
double reach_of(double confidence);

// A walk along a curve.
class KaplanMeier {
 public:
  // A walk that begins before the first duration, with so many cases.
  explicit KaplanMeier(std::int64_t cases) : left_(cases), base_left_(static_cast<double>(cases)) {}

  // Goes on to the next duration.
  void pass(std::int64_t ended, std::int64_t censored);

  // The cases that last longer than this duration and are seen longer.
  std::int64_t left() const { return left_; }
  // The share that lasts longer.
  double survival() const { return survival_; }
  std::optional<double> standard_error() const;
  // The share with its limits, so many standard errors away.
  Estimate estimate(double reach) const;

 private:
  std::int64_t left_;
  double survival_ = 1, variance_ = 0;
  // Where a case was censored last: as long as none is, shares are quotients, and have no errors that add up.
  double base_survival_ = 1, base_left_;
};

// The share of cases that last longer than a duration. None where nobody was seen so long.
Estimate survival_at(const Curve& curve, double duration, double reach);

// The duration within which a share of the cases ends, with its limits; none where too few have been seen to end.
Estimate quantile(const Curve& curve, double share, double reach);

}  // namespace winback::core
