// What winback.clients says of a client by the clock: core::read() over the columns of winback.client. All begin with
// the same arguments:
//
//   by_fact, base_status, last_order_at, at_risk_at, lost_at
//
// They are scalars, not one function with a row for a result, because the server takes longer to open such a row than
// to call each of these; and in C++, because what a look-up by key costs is mostly the setting up of its expressions.
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

// What is stored of the client, as far as the status follows from it.
struct Stored {
  core::Life life;
  core::Outlook outlook;

  explicit Stored(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(1)) throw pg::Error(ERRCODE_NULL_VALUE_NOT_ALLOWED, "base_status must not be null");
    const auto* status = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(1));
    outlook.by_fact = PG_GETARG_BOOL(0);
    life.status = core::status_named({VARDATA_ANY(status), VARSIZE_ANY_EXHDR(status)}).value();
    life.last_purchase_at = instant(fcinfo, 2);
    outlook.at_risk_at = instant(fcinfo, 3);
    outlook.lost_at = instant(fcinfo, 4);
  }
  core::Reading read() const { return core::read(life, outlook, clock::now()); }
};

}  // namespace

// _status(…)
WINBACK_FUNCTION(winback_client_status) { PG_RETURN_DATUM(text_of(Stored(fcinfo).read().status)); }

// _status_since(…, base_since, idle_since)
WINBACK_FUNCTION(winback_client_status_since) {
  Stored stored(fcinfo);
  stored.life.since = instant(fcinfo, 5);
  stored.life.idle_since = instant(fcinfo, 6);
  const auto since = stored.read().since;
  if (!since) PG_RETURN_NULL();
  PG_RETURN_TIMESTAMPTZ(*since);
}

// _next_contact_on(…, do_not_contact, contact_due_on): nobody but a lost client is contacted.
WINBACK_FUNCTION(winback_client_next_contact_on) {
  if (PG_GETARG_BOOL(5) || PG_ARGISNULL(6) || Stored(fcinfo).read().status != Status::lost) PG_RETURN_NULL();
  PG_RETURN_DATUM(PG_GETARG_DATUM(6));
}

// _times_lost(…, times_lost): not yet counted is a deadline that has come; counted already, though it has not come, is
// one that a fact dated ahead of the clock lies behind.
WINBACK_FUNCTION(winback_client_times_lost) {
  const Stored stored(fcinfo);
  const Status status = stored.read().status;
  const bool was_lost = stored.life.status == Status::lost;
  int times = PG_GETARG_INT32(5);
  if (status == Status::lost && !was_lost) ++times;
  if (status != Status::lost && status != Status::written_off && was_lost) --times;
  PG_RETURN_INT32(times);
}
