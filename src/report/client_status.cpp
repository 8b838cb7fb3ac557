// What winback.clients says of a client by the clock: core::read() and core::stage() over columns of winback.client.
//
//   function           arguments
//   ----------------   ----------------------------------------------------------------------
//   _status            by_fact, lost_at, at_risk_at, base_status, last_order_at
//   _status_since      by_fact, lost_at, at_risk_at, base_status, base_since, idle_since, at_risk_since
//   _next_contact_on   by_fact, lost_at, contact_due_on
//   _times_lost        by_fact, lost_at, loss_open, times_lost, base_since, last_fact_at
//
// They are scalars, not one function with a row for a result, because the server takes longer to open such a row than
// to call each of these; and in C++, each with the fewest arguments that tell the answer, because what a look-up by key
// costs is mostly the setting up of its expressions.
#include <optional>
#include <string_view>

#include "clock/now.hpp"
#include "core/life.hpp"
#include "pg/entry.hpp"
#include "pg/word.hpp"

using namespace winback;
using core::Status;

namespace {

// A status as text.
Datum text_of(Status status) {
  static const pg::Word words[] = {pg::Word(core::name_of(Status::prospect)), pg::Word(core::name_of(Status::active)),
                                   pg::Word(core::name_of(Status::at_risk)), pg::Word(core::name_of(Status::lost)),
                                   pg::Word(core::name_of(Status::written_off))};
  return words[static_cast<std::size_t>(status)].text();
}

// An instant among the arguments.
std::optional<core::Instant> instant(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return PG_GETARG_TIMESTAMPTZ(number);
}

// What the clock will make of the client: the arguments with which each function begins.
core::Outlook deadlines(FunctionCallInfo fcinfo, bool with_risk) {
  core::Outlook outlook;
  outlook.by_fact = PG_GETARG_BOOL(0);
  outlook.lost_at = instant(fcinfo, 1);
  if (with_risk) outlook.at_risk_at = instant(fcinfo, 2);
  return outlook;
}

// Where the client stands now as to its loss: at_risk is idle here.
core::Stage loss_stage(FunctionCallInfo fcinfo) { return core::stage(deadlines(fcinfo, false), clock::now()); }

// The status after the last fact, which is the fourth argument.
Status base_status(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(3)) throw pg::Error(ERRCODE_NULL_VALUE_NOT_ALLOWED, "base_status must not be null");
  const auto* status = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(3));
  return core::status_named({VARDATA_ANY(status), VARSIZE_ANY_EXHDR(status)}).value();
}

}  // namespace

WINBACK_FUNCTION(winback_client_status) {
  core::Life life;
  life.status = base_status(fcinfo);
  life.last_purchase_at = instant(fcinfo, 4);
  PG_RETURN_DATUM(text_of(core::read(life, deadlines(fcinfo, true), clock::now()).status));
}

// Since when a client is idle does not hang on which of both idle statuses it is, so no order is asked for.
WINBACK_FUNCTION(winback_client_status_since) {
  core::Life life;
  life.status = base_status(fcinfo);
  life.since = instant(fcinfo, 4);
  life.idle_since = instant(fcinfo, 5);
  life.at_risk_since = instant(fcinfo, 6);
  const auto since = core::read(life, deadlines(fcinfo, true), clock::now()).since;
  if (!since) PG_RETURN_NULL();
  PG_RETURN_TIMESTAMPTZ(*since);
}

// Nobody but a lost client is contacted. By fact it is lost or written off, and then it has no day to be contacted on.
WINBACK_FUNCTION(winback_client_next_contact_on) {
  if (PG_ARGISNULL(2) || loss_stage(fcinfo) == core::Stage::idle) PG_RETURN_NULL();
  PG_RETURN_DATUM(PG_GETARG_DATUM(2));
}

// What was lost by fact, and maybe written off then, is counted. Else
//
//   the last loss        the deadline    it is
//   ------------------   -------------   -----------------------------------------------------------------------------
//   is not counted       has come        to be counted
//   is not counted       is to come      none
//   is counted, lasts    has come        that one
//   is counted, lasts    is to come      yet to come, if it begins at the deadline: a fact dated ahead of the clock
//                                        lies behind that; else it is that one: such a fact has brought it, or ends it
WINBACK_FUNCTION(winback_client_times_lost) {
  const core::Stage stage = loss_stage(fcinfo);
  const int counted = PG_GETARG_INT32(3);
  if (stage == core::Stage::by_fact) PG_RETURN_INT32(counted);
  const bool is_counted = PG_GETARG_BOOL(2);
  const std::optional<core::Instant> base_since = instant(fcinfo, 4);
  if (stage == core::Stage::lost) PG_RETURN_INT32(counted + !is_counted);
  const bool by_time = base_since == instant(fcinfo, 1) && base_since != instant(fcinfo, 5);
  PG_RETURN_INT32(counted - (is_counted && by_time && base_since > clock::now()));
}
