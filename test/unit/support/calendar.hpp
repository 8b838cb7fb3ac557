// A calendar for tests without a server: PostgreSQL's date and interval arithmetic, in UTC or in Central European
// time with its summer time (the last Sunday of March to the last Sunday of October, both at 01:00 UTC).
#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"

namespace winback::test {

enum class Zone { utc, central_europe };

class TestCalendar final : public core::Calendar {
 public:
  explicit TestCalendar(Zone zone) : zone_(zone) {}

  core::Day local_day(core::Instant at) const override;
  core::Instant day_start(core::Day day) const override;
  core::Instant add(core::Instant at, core::Interval length) const override;
  core::Day add_days(core::Day day, core::Interval length) const override;
  core::Interval mean(std::int32_t days, std::int32_t parts) const override;
  core::Interval scale(core::Interval length, double factor) const override;
  // Monday to Friday.
  core::Day working_day(core::Day day) const override;

  // The instant of a local "2024-01-31", "2024-01-31 10:00" or "2024-01-31 10:00:05.000001"; throws on anything else.
  core::Instant at(std::string_view text) const;
  // An instant as local time, in the shortest of those forms.
  std::string text(core::Instant at) const;

 private:
  // Microseconds of the local clock since 2000-01-01 00:00:00.
  using Local = std::int64_t;
  Local local(core::Instant at) const;
  core::Instant instant(Local local) const;

  Zone zone_;
};

const TestCalendar& utc();
const TestCalendar& central_europe();

// Intervals by name.
constexpr core::Interval months(std::int32_t n) { return {n, 0, 0}; }
constexpr core::Interval days(std::int32_t n) { return {0, n, 0}; }
constexpr core::Interval hours(std::int64_t n) { return {0, 0, n * 3'600'000'000}; }

}  // namespace winback::test
