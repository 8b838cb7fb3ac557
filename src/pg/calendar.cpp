// See calendar.hpp. Each function does what the SQL expression in core/time.hpp does, step by step.
#include "pg/calendar.hpp"

#include <algorithm>
#include <utility>

extern "C" {
#include "utils/date.h"
#include "utils/datetime.h"
}

namespace winback::pg {

namespace {

constexpr int kLookAhead = 3660;  // days searched for a working day: ten years

// Within a century of 2000-01-01, and moved by no more than another, a date needs no care.
constexpr int kUsualDays = 36'500;
constexpr int kUsualMonths = 1'200;

// The server's own error for an instant that it cannot hold.
[[noreturn]] void out_of_range() {
  ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
  pg_unreachable();
}

}  // namespace

core::Interval from_server(const Interval& interval) { return {interval.month, interval.day, interval.time}; }

Interval to_server(core::Interval interval) {
  Interval result;
  result.month = interval.months;
  result.day = interval.days;
  result.time = interval.microseconds;
  return result;
}

ServerCalendar::ServerCalendar(const std::string& time_zone, unsigned working_days,
                               std::map<core::Day, bool> exceptions)
    : name_(time_zone), working_days_(working_days), exceptions_(std::move(exceptions)) {
  zone_ = call([&] { return pg_tzset(time_zone.c_str()); });
  if (!zone_)
    throw Error(ERRCODE_INVALID_PARAMETER_VALUE, "time zone \"" + time_zone + "\" of winback.policy is not known", {},
                "Set winback.policy.timezone to a name of pg_timezone_names.");
}

// The stretch of constant offset that an instant lies in. Its beginning is as early as has been asked for.
const ServerCalendar::Stretch& ServerCalendar::stretch_of(core::Instant at) const {
  if (latest_ && latest_->from <= at && at < latest_->to) return *latest_;
  auto found = stretches_.upper_bound(at);
  if (found == stretches_.end() || found->second.from > at) {
    const Stretch fresh = call([&] {
      constexpr std::int64_t kEpoch = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;  // seconds since 1970
      const pg_time_t second = (at >= 0 ? at : at - (USECS_PER_SEC - 1)) / USECS_PER_SEC + kEpoch;
      long before, after;
      int before_is_dst, after_is_dst;
      pg_time_t boundary;
      const int changes =
          pg_next_dst_boundary(&second, &before, &before_is_dst, &boundary, &after, &after_is_dst, zone_);
      if (changes < 0) out_of_range();
      return Stretch{at, changes > 0 ? (boundary - kEpoch) * USECS_PER_SEC : core::kEndOfTime, before * USECS_PER_SEC};
    });
    found = stretches_.try_emplace(fresh.to, fresh).first;
    found->second.from = std::min(found->second.from, at);
  }
  latest_ = &found->second;
  return *latest_;
}

// The timestamp without a zone that an instant is here.
Timestamp ServerCalendar::to_local(core::Instant at) const { return at + stretch_of(at).offset; }

core::Instant ServerCalendar::from_local(Timestamp local) const {
  if (TIMESTAMP_NOT_FINITE(local)) return local;
  // More than a day from every change of the offset a local time is one instant. Near one the server decides.
  const Stretch& stretch = stretch_of(local - USECS_PER_DAY);
  if (local < stretch.to - USECS_PER_DAY) return local - stretch.offset;
  return call([&]() -> core::Instant {
    struct pg_tm tm;
    fsec_t fraction;
    TimestampTz at;
    if (timestamp2tm(local, nullptr, &tm, &fraction, nullptr, nullptr) != 0) out_of_range();
    int offset = DetermineTimeZoneOffset(&tm, zone_);
    if (tm2timestamp(&tm, fraction, &offset, &at) != 0 || !IS_VALID_TIMESTAMP(at)) out_of_range();
    return at;
  });
}

core::Day ServerCalendar::local_day(core::Instant at) const {
  const Timestamp local = to_local(at);
  return static_cast<core::Day>(local >= 0 ? local / USECS_PER_DAY : -((-local + USECS_PER_DAY - 1) / USECS_PER_DAY));
}

core::Instant ServerCalendar::day_start(core::Day day) const { return from_local(day * USECS_PER_DAY); }

// What timestamp_pl_interval() does, without its detours: months first, kept within the month, then days, then time.
core::Instant ServerCalendar::add(core::Instant at, core::Interval length) const {
  const Timestamp local = to_local(at);
  std::int64_t day = local >= 0 ? local / USECS_PER_DAY : -((-local + USECS_PER_DAY - 1) / USECS_PER_DAY);
  const std::int64_t time = local - day * USECS_PER_DAY;
  if (std::abs(day) > kUsualDays || std::abs(length.months) > kUsualMonths || std::abs(length.days) > kUsualDays) {
    return from_local(call([&] {
      Interval interval = to_server(length);
      return DatumGetTimestamp(
          DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(local), IntervalPGetDatum(&interval)));
    }));
  }
  if (length.months != 0) {
    int year, month, day_of_month;
    j2date(static_cast<int>(day + POSTGRES_EPOCH_JDATE), &year, &month, &day_of_month);
    const int months = year * MONTHS_PER_YEAR + month - 1 + length.months;
    year = months / MONTHS_PER_YEAR;
    month = months % MONTHS_PER_YEAR;
    day_of_month = std::min(day_of_month, day_tab[isleap(year)][month]);
    day = date2j(year, month + 1, day_of_month) - POSTGRES_EPOCH_JDATE;
  }
  return from_local((day + length.days) * USECS_PER_DAY + time + length.microseconds);
}

core::Day ServerCalendar::add_days(core::Day day, core::Interval length) const {
  return call([&] {
    Interval interval = to_server(length);
    const Datum moved = DirectFunctionCall2(date_pl_interval, DateADTGetDatum(day), IntervalPGetDatum(&interval));
    return DatumGetDateADT(DirectFunctionCall1(timestamp_date, moved));
  });
}

core::Interval ServerCalendar::mean(std::int32_t days, std::int32_t parts) const {
  return call([&] {
    Interval all = to_server({0, days, 0});
    return from_server(*DatumGetIntervalP(
        DirectFunctionCall2(interval_div, IntervalPGetDatum(&all), Float8GetDatum(static_cast<double>(parts)))));
  });
}

core::Interval ServerCalendar::scale(core::Interval length, double factor) const {
  return call([&] {
    Interval interval = to_server(length);
    return from_server(*DatumGetIntervalP(
        DirectFunctionCall2(interval_mul, IntervalPGetDatum(&interval), Float8GetDatum(factor))));
  });
}

core::Day ServerCalendar::working_day(core::Day day) const {
  for (core::Day candidate = day; candidate < day + kLookAhead; ++candidate) {
    // 2000-01-01 was a Saturday, ISO week day 6.
    const int week_day = ((candidate + 5) % 7 + 7) % 7 + 1;
    const auto exception = exceptions_.find(candidate);
    const bool works = exception != exceptions_.end() ? exception->second : (working_days_ >> week_day) & 1;
    if (works) return candidate;
  }
  return day;
}

}  // namespace winback::pg
