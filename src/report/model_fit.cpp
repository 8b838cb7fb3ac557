// _fit(model, until, unit): fits a model to the purchases of the watched tables up to an instant.
#include <charconv>

#include "core/fit.hpp"
#include "pg/entry.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"
#include "report/ledger_days.hpp"
#include "report/model_names.hpp"
#include "report/purchase_days.hpp"
#include "report/unit.hpp"

using namespace winback;

namespace {

// Parameters as JSON, by their names; as short as they can be told exactly.
std::string json_of(core::Model model, const core::Parameters& parameters) {
  std::string json;
  const auto names = core::parameter_names(model);
  for (std::size_t i = 0; i < names.size(); ++i) {
    char digits[32];
    const auto [end, failed] = std::to_chars(std::begin(digits), std::end(digits), parameters[i]);
    json.append(i == 0 ? "{\"" : ", \"").append(names[i]).append("\": ").append(std::begin(digits), end);
  }
  return json + "}";
}

// Refuses to fit where there is too little to fit to.
void require(core::Model model, const core::ClientCount& found, const core::ClientCount& least) {
  if (found.clients >= least.clients && found.repeaters >= least.repeaters) return;
  const auto in_words = [&](const core::ClientCount& count) {
    const std::string repeaters = std::to_string(static_cast<std::int64_t>(count.repeaters));
    if (model == core::Model::gamma_gamma) return repeaters + " clients that bought on a second day, for more than 0";
    return std::to_string(static_cast<std::int64_t>(count.clients)) + " clients, of whom " + repeaters +
           " bought on a second day";
  };
  throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  "there is too little data to fit model \"" + std::string(core::name_of(model)) + "\"",
                  "Up to that instant the watched tables have " + in_words(found) + ".",
                  "It takes at least " + in_words(least) + ".");
}

// A fit, and to how many clients.
struct Fitted {
  core::Fit fit;
  double clients;
};

// The histories of all clients up to an instant. Times are of whole days, for the orders of a day are one.
core::Histories histories_until(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, double unit,
                                pg::Progress& progress) {
  const core::Day today = setup->calendar->local_day(until);
  core::Histories histories;
  const auto add = [&](const report::PurchaseDays& bought) {
    histories.add({bought.days - 1., (bought.last - bought.first) / unit, (today - bought.first) / unit});
  };
  progress.begin(pg::Phase::reading);
  if (report::each_in_ledger(*setup, until, progress, add)) return histories;
  histories = {};
  report::each_purchaser(setup, until, progress, add);
  return histories;
}

// What the clients spent, up to an instant.
std::vector<core::Spending> spending_until(const std::shared_ptr<const capture::Setup>& setup, core::Instant until,
                                           pg::Progress& progress) {
  std::vector<core::Spending> spending;
  report::each_purchaser(setup, until, progress, [&](const report::PurchaseDays& bought) {
    const double frequency = bought.days - 1;
    if (bought.repeat_value > 0) spending.push_back({frequency, bought.repeat_value / frequency});
  });
  return spending;
}

// Reads what the clients bought, and fits.
Fitted fit(core::Model model, core::Instant until, double unit) {
  const auto setup = capture::need_setup();
  pg::Progress progress(pg::Work::fit, setup->tables.client, true);
  if (model == core::Model::gamma_gamma) {
    auto spending = spending_until(setup, until, progress);
    progress.begin(pg::Phase::fitting);
    const auto clients = static_cast<double>(spending.size());
    require(model, {clients, clients}, core::kLeastForValues);
    return {core::fit(std::move(spending), pg::check_interrupts), clients};
  }
  core::Histories histories = histories_until(setup, until, unit, progress);
  progress.begin(pg::Phase::fitting);
  const core::ClientCount found = core::count(histories.groups());
  require(model, found, core::kLeastForOrders);
  return {core::fit(model, histories.groups(), pg::check_interrupts), found.clients};
}

}  // namespace

WINBACK_FUNCTION(winback_fit) {
  enum { kClients, kParameters, kLogLikelihood, kErrors, kStatus, kMessage, kGradientNorm };
  const pg::ResultRows rows(fcinfo);
  const core::Model model = report::model_given(pg::text_argument(fcinfo, 0));
  const core::Instant until = PG_GETARG_TIMESTAMPTZ(1);
  if (TIMESTAMP_NOT_FINITE(until))
    throw pg::Error(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "until must be finite", {},
                    "Leave it out to fit to all that happened up to winback.now().");
  const auto [found, clients] = fit(model, until, report::days_of(*PG_GETARG_INTERVAL_P(2)));
  pg::Values row = rows.row();
  row.set(kClients, Int64GetDatum(static_cast<std::int64_t>(clients)));
  row.set(kStatus, pg::text_datum(core::name_of(found.status)));
  if (!found.why.empty()) row.set(kMessage, pg::text_datum(found.why));
  if (found.status != core::FitStatus::failed) {
    row.set(kParameters, pg::text_datum(json_of(model, found.parameters)));
    row.set(kLogLikelihood, Float8GetDatum(found.log_likelihood));
    row.set(kGradientNorm, Float8GetDatum(found.gradient_norm));
    if (found.standard_errors) row.set(kErrors, pg::text_datum(json_of(model, *found.standard_errors)));
  }
  rows.put(row);
  PG_RETURN_NULL();
}
