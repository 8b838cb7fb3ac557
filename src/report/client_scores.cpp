// What winback.clients says of a client by the fits in force, of its first_day, last_day and purchase_days:
//
//   function                  says
//   -----------------------   ---------------------------------------------------------------------------------
//   _client_p_alive           the chance that it has not left
//   _client_expected_orders   the expected number of days with an order within policy.horizon from today on
//   _client_next_order_on     the day by which, with a chance of one half, its next order comes, if it has not left
//   _client_clv               what winback.clv() says of policy.horizon from today on, of its revenue, too
//
// All are null where there is no fit, or no purchase. A client's age is that of today; of one whose last purchase is
// dated ahead, that of then.
#include <algorithm>
#include <cmath>

#include "capture/setup.hpp"
#include "clock/now.hpp"
#include "core/scores.hpp"
#include "pg/entry.hpp"
#include "pg/money.hpp"

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

  // How long policy.horizon is from today on, in the unit of the fit.
  double horizon() const {
    return (setup->calendar->add_days(today, setup->horizon) - today) / fit.unit_days;
  }
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
  PG_RETURN_FLOAT8(core::expected_orders(client->fit.model, client->fit.parameters, client->history,
                                         client->horizon()));
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

// revenue - unrepeated_revenue was paid on the days after the first, returns left out; where that is nothing, so is the
// mean value. Null also where the value of an order is not finite: it would outweigh all others in every sum.
WINBACK_FUNCTION(winback_client_clv) {
  constexpr double kDaysOfYear = 365.25;
  const auto client = scored(fcinfo);
  if (!client || !client->setup->value_fit) PG_RETURN_NULL();
  const capture::Setup& setup = *client->setup;
  const double frequency = client->history.frequency;
  const Datum repeated = pg::call([&] {
    return DirectFunctionCall2(numeric_sub, PG_GETARG_DATUM(3), PG_GETARG_DATUM(4));
  });
  const double mean_value = frequency > 0 ? pg::to_double(repeated) / frequency : 0;
  const double rate = std::pow(1 + setup.discount_rate, client->fit.unit_days / kDaysOfYear) - 1;
  const double orders = core::discounted_orders(client->fit.model, client->fit.parameters, client->history,
                                                client->horizon(), rate);
  const double value = core::expected_value(*setup.value_fit, {frequency, mean_value});
  const double clv = orders == 0 ? 0 : setup.margin * orders * value;
  if (!std::isfinite(clv)) PG_RETURN_NULL();
  return pg::call([&] { return DirectFunctionCall1(float8_numeric, Float8GetDatum(clv)); });
}
