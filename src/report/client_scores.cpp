// What winback.clients says of a client by the fit in force, of its first_day, last_day and purchase_days:
//
//   function                  says
//   -----------------------   ---------------------------------------------------------------------------------
//   _client_p_alive           the chance that it has not left
//   _client_expected_orders   the expected number of days with an order within policy.horizon from today on
//   _client_next_order_on     the day by which, with a chance of one half, its next order comes, if it has not left
//
// All are null where there is no fit, or no purchase. A client's age is that of today; of one whose last purchase is
// dated ahead, that of then.
#include <algorithm>
#include <cmath>

#include "capture/setup.hpp"
#include "clock/now.hpp"
#include "core/scores.hpp"
#include "pg/entry.hpp"

extern "C" {
#include "utils/date.h"
}

using namespace winback;

namespace {

// A client as the models see it.
struct Scored {
  std::shared_ptr<const capture::Setup> setup;
  const core::OrderFit& fit;
  core::Day today;
  core::History history;
};

// The client of whom the arguments tell; nullopt where there is nothing to score it by.
std::optional<Scored> scored(FunctionCallInfo fcinfo) {
  const auto setup = capture::need_setup();
  if (!setup->fit) return std::nullopt;
  const core::Day first = PG_GETARG_DATEADT(0), last = PG_GETARG_DATEADT(1);
  const core::Day today = setup->calendar->local_day(clock::now());
  const double unit = setup->fit->unit_days;
  return Scored{setup, *setup->fit, today,
                {PG_GETARG_INT32(2) - 1.0, (last - first) / unit, (std::max(today, last) - first) / unit}};
}

}  // namespace

WINBACK_FUNCTION(winback_client_p_alive) {
  const auto client = scored(fcinfo);
  if (!client) PG_RETURN_NULL();
  PG_RETURN_FLOAT8(core::p_alive(client->fit.model, client->fit.parameters, client->history));
}

WINBACK_FUNCTION(winback_client_expected_orders) {
  const auto client = scored(fcinfo);
  if (!client) PG_RETURN_NULL();
  const core::Day days = client->setup->calendar->add_days(client->today, client->setup->horizon) - client->today;
  PG_RETURN_FLOAT8(core::expected_orders(client->fit.model, client->fit.parameters, client->history,
                                         days / client->fit.unit_days));
}

WINBACK_FUNCTION(winback_client_next_order_on) {
  constexpr double kMedian = 0.5;
  constexpr double kFurthest = 365.25 * 1000;  // days: what is further off is no date to wait for
  const auto client = scored(fcinfo);
  if (!client) PG_RETURN_NULL();
  const double days = client->fit.unit_days *
                      core::next_order_in(client->fit.model, client->fit.parameters, client->history, kMedian);
  if (!(days < kFurthest)) PG_RETURN_NULL();
  PG_RETURN_DATEADT(client->today + static_cast<core::Day>(std::ceil(days)));
}
