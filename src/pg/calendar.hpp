// The core's calendar, answered by the server: its time zones, its interval arithmetic.
#pragma once

#include <map>
#include <string>

#include "core/time.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "pgtime.h"
}

namespace winback::pg {

class ServerCalendar final : public core::Calendar {
 public:
  // An Error if there is no such time zone. `working_days`: bit 1 (Monday) to bit 7; `exceptions`: days that differ.
  ServerCalendar(const std::string& time_zone, unsigned working_days, std::map<core::Day, bool> exceptions);

  core::Day local_day(core::Instant at) const override;
  core::Instant day_start(core::Day day) const override;
  core::Instant add(core::Instant at, core::Interval length) const override;
  core::Day add_days(core::Day day, core::Interval length) const override;
  core::Interval mean(std::int32_t days, std::int32_t parts) const override;
  core::Interval scale(core::Interval length, double factor) const override;
  core::Day working_day(core::Day day) const override;

  // The instant that a timestamp without a zone denotes here.
  core::Instant from_local(Timestamp local) const;
  const std::string& time_zone() const { return name_; }

 private:
  // A stretch of time in which the zone's offset does not change.
  struct Stretch {
    core::Instant from, to;       // to: exclusive
    std::int64_t offset;          // microseconds ahead of UTC
  };
  const Stretch& stretch_of(core::Instant at) const;
  Timestamp to_local(core::Instant at) const;

  std::string name_;
  pg_tz* zone_;
  unsigned working_days_;
  std::map<core::Day, bool> exceptions_;
  mutable std::map<core::Instant, Stretch> stretches_;  // those met so far, by their ends
  mutable const Stretch* latest_ = nullptr;
};

// An interval of the server as the core's, and back.
core::Interval from_server(const Interval& interval);
Interval to_server(core::Interval interval);

}  // namespace winback::pg
