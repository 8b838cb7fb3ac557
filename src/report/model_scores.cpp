// The scores of src/core for SQL. Each function has two forms, of which the first arguments differ, and is one here:
//
//   first arguments                        the parameters
//   -------------------------------------  ------------------------------------------------------------
//   fit_id bigint                          stand in that row of winback.model_fit, which has converged
//   model text, parameters jsonb           are given
//
// What they come to is kept with the call's expression as long as they stay the same, as they do from row to row.
#include <array>
#include <cmath>
#include <cstring>

#include "core/scores.hpp"
#include "pg/entry.hpp"
#include "pg/money.hpp"
#include "pg/text.hpp"
#include "report/model_names.hpp"
#include "report/seen.hpp"

extern "C" {
#include "utils/jsonb.h"
}

using namespace winback;

namespace {

// A model with its parameters, and what it was made of.
struct Given {
  core::Model model;
  core::Parameters parameters;
  std::int64_t fit_id;
  varlena *name, *json;
};

// The number with this name; NaN where there is none.
double number_of(Datum json, std::string_view name) {
  return pg::call([&] {
    JsonbValue value;
    JsonbContainer* all = &DatumGetJsonbP(json)->root;
    if (!JsonContainerIsObject(all) ||
        !getKeyJsonValueFromContainer(all, name.data(), static_cast<int>(name.size()), &value) ||
        value.type != jbvNumeric)
      return static_cast<double>(NAN);
    return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value.val.numeric)));
  });
}

// Reads the parameters of a model. Shapes have bounds far beyond what a fit gives, within which all that is computed of
// them is a number.
core::Parameters parameters_of(core::Model model, Datum json) {
  constexpr double kLeast = 1e-9, kGreatest = 1e9, kGreatestScale = 1e18;
  core::Parameters parameters{};
  const auto names = core::parameter_names(model);
  for (std::size_t i = 0; i < names.size(); ++i) {
    parameters[i] = number_of(json, names[i]);
    if (parameters[i] >= kLeast && parameters[i] <= (core::is_scale(names[i]) ? kGreatestScale : kGreatest)) continue;
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE,
                    "parameter \"" + std::string(names[i]) + "\" of model \"" + std::string(core::name_of(model)) +
                        "\" must be a positive number",
                    {}, "Give an object with the numbers " + all + ", as it stands in winback.model_fit.parameters.");
  }
  return parameters;
}

// What the statement sees of one row of winback.model_fit.
struct FitRow {
  bool found, converged;
  Datum model, parameters;
};
FitRow read_fit(std::int64_t fit_id) {
  enum { kFitId, kModel, kParameters, kStatus };
  static report::SeenTable table("model_fit", {"fit_id", "model", "parameters", "status"});
  const bool is_there = pg::call([] {
    const Oid schema = get_namespace_oid("winback", true);
    return OidIsValid(schema) && OidIsValid(get_relname_relid("model_fit", schema));
  });
  if (!is_there)
    throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "winback has no ledger in this database", {},
                    "Watch a table, or call winback.init() with the type of your client keys.");
  return pg::call([&] {
    FitRow fit{};
    table.each([&](const report::SeenRow& row) {
      if (DatumGetInt64(row.value(kFitId)) != fit_id) return;
      constexpr std::string_view kConverged = "converged";
      const auto* status = reinterpret_cast<const varlena*>(DatumGetPointer(row.value(kStatus)));
      fit.found = true;
      fit.converged = std::string_view(VARDATA_ANY(status), VARSIZE_ANY_EXHDR(status)) == kConverged;
      fit.model = row.copy(kModel);
      if (!row.is_null(kParameters)) fit.parameters = row.copy(kParameters);
    });
    return fit;
  });
}

// The memory for what is kept with the call.
Given*& kept(FunctionCallInfo fcinfo) { return reinterpret_cast<Given*&>(fcinfo->flinfo->fn_extra); }
Given* keep(FunctionCallInfo fcinfo, const Given& given) {
  Given*& place = kept(fcinfo);
  if (!place) place = static_cast<Given*>(pg::call([&] {
    return MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Given));
  }));
  *place = given;
  return place;
}

// The model that was fitted.
const Given& of_fit(FunctionCallInfo fcinfo) {
  const std::int64_t fit_id = PG_GETARG_INT64(0);
  if (const Given* known = kept(fcinfo); known && known->fit_id == fit_id) return *known;
  const FitRow row = read_fit(fit_id);
  const std::string name = "fit " + std::to_string(fit_id);
  if (!row.found)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, name + " does not exist", {},
                    "Make one with winback.fit(), or look for one in winback.model_fit.");
  if (!row.converged)
    throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, name + " has not converged",
                    "Its message in winback.model_fit says why.",
                    "Fit to more data, or to another model; what is known of the parameters can be given instead of "
                    "the fit.");
  const core::Model model = report::model_given(pg::text_string(row.model));
  return *keep(fcinfo, {model, parameters_of(model, row.parameters), fit_id, nullptr, nullptr});
}

// An argument of variable length, whole; where it lies, if it is whole there.
varlena* whole(FunctionCallInfo fcinfo, int number) {
  auto* value = reinterpret_cast<varlena*>(DatumGetPointer(PG_GETARG_DATUM(number)));
  if (!VARATT_IS_EXTENDED(value) || VARATT_IS_SHORT(value)) return value;
  return pg::call([&] { return pg_detoast_datum_packed(value); });
}

// Whether two have the same bytes.
bool same(const varlena* a, const varlena* b) {
  return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
         std::memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

// The model that is given with its parameters.
const Given& of_parameters(FunctionCallInfo fcinfo) {
  varlena *name = whole(fcinfo, 0), *json = whole(fcinfo, 1);
  const Given* known = kept(fcinfo);
  if (known && same(known->name, name) && same(known->json, json)) return *known;
  const core::Model model = report::model_given(pg::text_argument(fcinfo, 0));
  const core::Parameters parameters = parameters_of(model, PG_GETARG_DATUM(1));
  const auto copy = [&](varlena* value) {
    return pg::call([&] {
      const MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
      auto* own = reinterpret_cast<varlena*>(DatumGetPointer(datumCopy(PointerGetDatum(value), false, -1)));
      MemoryContextSwitchTo(before);
      return own;
    });
  };
  const Given before = known ? *known : Given{};
  const Given* now = keep(fcinfo, {model, parameters, 0, copy(name), copy(json)});
  if (before.name) pg::call([&] { pfree(before.name), pfree(before.json); });
  return *now;
}

// Refuses an argument.
[[noreturn]] void refuse(const std::string& what, const std::string& must_be, double value) {
  throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE,
                  what + " must " + must_be + ", but is " +
                      pg::call([&] { return DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(value))); }),
                  {}, "All times are in the unit of the fit, from the client's first order on.");
}

// An amount that cannot be negative, nor infinite.
void require_amount(const char* what, double value) {
  if (!(value >= 0 && std::isfinite(value))) refuse(what, "be a finite number, 0 or more", value);
}

// What is known of a client: frequency, recency and age.
core::History history_of(double frequency, double recency, double age) {
  require_amount("frequency", frequency);
  require_amount("age", age);
  if (!(recency >= 0 && recency <= age)) refuse("recency", "be between 0 and the age", recency);
  if (frequency == 0 && recency > 0) refuse("recency", "be 0 where frequency is 0", recency);
  return {frequency, recency, age};
}

// The score by `compute`, of the last arguments, which are so many numbers; what comes before them says the model.
template <std::size_t Numbers, class Compute>
Datum score(FunctionCallInfo fcinfo, bool of_values, const Compute& compute) {
  const int first = PG_NARGS() - static_cast<int>(Numbers);
  const Given& given = first == 1 ? of_fit(fcinfo) : of_parameters(fcinfo);
  if ((given.model == core::Model::gamma_gamma) != of_values)
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE,
                    "model \"" + std::string(core::name_of(given.model)) + "\" says nothing of " +
                        (of_values ? "what orders are worth" : "when orders come"),
                    {}, of_values ? "Use a fit of gamma/gamma." : "Use a fit of mbg/nbd, bg/nbd or pareto/nbd.");
  std::array<double, Numbers> numbers;
  for (std::size_t i = 0; i < Numbers; ++i) numbers[i] = PG_GETARG_FLOAT8(first + static_cast<int>(i));
  try {
    return Float8GetDatum(compute(given, numbers));
  } catch (const std::runtime_error&) {  // of the mathematical functions
    throw pg::Error(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "numbers are out of the range of the model");
  }
}

}  // namespace

// p_alive(..., frequency, recency, age)
WINBACK_FUNCTION(winback_p_alive) {
  return score<3>(fcinfo, false, [](const Given& given, const auto& n) {
    return core::p_alive(given.model, given.parameters, history_of(n[0], n[1], n[2]));
  });
}

// p_no_order(..., frequency, recency, age, horizon)
WINBACK_FUNCTION(winback_p_no_order) {
  return score<4>(fcinfo, false, [](const Given& given, const auto& n) {
    require_amount("horizon", n[3]);
    return core::p_no_order(given.model, given.parameters, history_of(n[0], n[1], n[2]), n[3]);
  });
}

// expected_orders(..., frequency, recency, age, horizon)
WINBACK_FUNCTION(winback_expected_orders) {
  return score<4>(fcinfo, false, [](const Given& given, const auto& n) {
    require_amount("horizon", n[3]);
    return core::expected_orders(given.model, given.parameters, history_of(n[0], n[1], n[2]), n[3]);
  });
}

// discounted_orders(..., frequency, recency, age, horizon, discount_rate)
WINBACK_FUNCTION(winback_discounted_orders) {
  return score<5>(fcinfo, false, [](const Given& given, const auto& n) {
    require_amount("horizon", n[3]);
    require_amount("discount_rate", n[4]);
    return core::discounted_orders(given.model, given.parameters, history_of(n[0], n[1], n[2]), n[3], n[4]);
  });
}

// next_order_in(..., frequency, recency, age, quantile)
WINBACK_FUNCTION(winback_next_order_in) {
  return score<4>(fcinfo, false, [](const Given& given, const auto& n) {
    if (!(n[3] >= 0 && n[3] < 1)) refuse("quantile", "be at least 0 and less than 1", n[3]);
    return core::next_order_in(given.model, given.parameters, history_of(n[0], n[1], n[2]), n[3]);
  });
}

// age_at_p_alive(..., frequency, recency, threshold)
WINBACK_FUNCTION(winback_age_at_p_alive) {
  return score<3>(fcinfo, false, [](const Given& given, const auto& n) {
    if (!(n[2] > 0 && n[2] < 1)) refuse("threshold", "be between 0 and 1", n[2]);
    const core::History client = history_of(n[0], n[1], n[1]);
    return core::age_at_p_alive(given.model, given.parameters, client.frequency, client.recency, n[2]);
  });
}

// expected_value(..., frequency, mean_value)
WINBACK_FUNCTION(winback_expected_value) {
  return score<2>(fcinfo, true, [](const Given& given, const auto& n) {
    require_amount("frequency", n[0]);
    require_amount("mean_value", n[1]);
    return core::expected_value(given.parameters, {n[0], n[1]});
  });
}
