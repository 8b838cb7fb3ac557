// The calendar by which functions for any query count days: that of policy.timezone, as the statement sees it; without
// a ledger, that of the session's TimeZone.
#pragma once

#include "pg/calendar.hpp"

namespace winback::report {

// It is kept with the call's expression, whose place for such things it takes.
const pg::ServerCalendar& calendar_of(FunctionCallInfo fcinfo);

}  // namespace winback::report
