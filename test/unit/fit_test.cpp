// Fits: of drawn shops whose parameters are known, of shops that tell nothing, and of the published ones.
#include <gtest/gtest.h>

#include <boost/property_tree/json_parser.hpp>
#include <cmath>

#include "core/fit.hpp"
#include "core/likelihood.hpp"
#include "core/scores.hpp"
#include "support/shop.hpp"

namespace winback::core {
namespace {

using test::drawn_shop;
using test::reference_file;

void expect_parameters(const Fit& fit, Model model, const Parameters& expected, double tolerance) {
  EXPECT_EQ(name_of(fit.status), name_of(FitStatus::converged)) << fit.why;
  const auto names = parameter_names(model);
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_NEAR(fit.parameters[i], expected[i], tolerance * expected[i]) << name_of(model) << ' ' << names[i];
}

TEST(Fit, FindsTheParametersOfADrawnShop) {
  for (const auto& [model, parameters] :
       {std::pair(Model::mbg_nbd, Parameters{0.8, 6, 0.9, 2}), {Model::bg_nbd, Parameters{0.8, 6, 0.9, 2}},
        {Model::pareto_nbd, Parameters{0.8, 6, 0.8, 12}}}) {
    const Fit found = fit(model, drawn_shop(model, parameters, 20'000, 52));
    ASSERT_TRUE(found.standard_errors) << found.why;
    EXPECT_EQ(found.status, FitStatus::converged) << found.why;
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_LT(std::abs(found.parameters[i] - parameters[i]), 4 * (*found.standard_errors)[i])
          << name_of(model) << ' ' << parameter_names(model)[i];
  }
}

// So many that a sample of them is climbed first: their own top it must be all the same.
TEST(Fit, OfVeryManyClientsIsTheirOwn) {
  for (const auto& [model, parameters] :
       {std::pair(Model::mbg_nbd, Parameters{0.8, 6, 0.9, 2}), {Model::bg_nbd, Parameters{0.8, 6, 0.9, 2}}}) {
    SCOPED_TRACE(name_of(model));
    const auto groups = drawn_shop(model, parameters, 120'000, 52);
    ASSERT_GT(groups.size(), 50'000U);
    const Fit found = fit(model, groups);
    ASSERT_TRUE(found.standard_errors) << found.why;
    EXPECT_EQ(found.status, FitStatus::converged) << found.why;
    const auto at = [&](const Parameters& there) { return log_likelihood(model, there, GroupTable(groups)); };
    EXPECT_NEAR(at(found.parameters), found.log_likelihood, 1e-6 * std::abs(found.log_likelihood));
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_LT(std::abs(found.parameters[i] - parameters[i]), 4 * (*found.standard_errors)[i]) << i;
      for (const double factor : {0.9999, 1.0001}) {
        Parameters beside = found.parameters;
        beside[i] *= factor;
        EXPECT_LT(at(beside), at(found.parameters)) << i;
      }
    }
  }
  const Fit nobody = fit(Model::mbg_nbd, drawn_shop(Model::nbd, {2, 20}, 60'000, 52));
  EXPECT_EQ(name_of(nobody.status), name_of(FitStatus::not_identified));
}

// The unit of time and of money is the user's: it changes the figures, and nothing else.
TEST(Fit, IsTheSameInAnyUnit) {
  const auto weeks = drawn_shop(Model::mbg_nbd, {0.8, 6, 0.9, 2}, 2000, 52);
  auto seconds = weeks;
  for (auto& [history, clients] : seconds) history.recency *= 604'800, history.age *= 604'800;
  const Fit in_weeks = fit(Model::mbg_nbd, weeks), in_seconds = fit(Model::mbg_nbd, seconds);
  Parameters expected = in_weeks.parameters;
  expected[1] *= 604'800;
  expect_parameters(in_seconds, Model::mbg_nbd, expected, 1e-6);
}

TEST(Fit, SaysThatNobodyLeaves) {
  const auto groups = drawn_shop(Model::nbd, {2, 20}, 2000, 52);
  for (const Model model : {Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd}) {
    const Fit found = fit(model, groups);
    EXPECT_EQ(name_of(found.status), name_of(FitStatus::not_identified)) << name_of(model);
    EXPECT_NE(found.why, "");
    EXPECT_TRUE(std::isfinite(found.log_likelihood));
  }
}

TEST(Fit, SaysWhatTheDataDoNotTell) {
  const Fit all_alike = fit(Model::mbg_nbd, {{{3, 30, 40}, 500}});
  EXPECT_EQ(name_of(all_alike.status), name_of(FitStatus::not_identified)) << all_alike.why;
  const Fit of_today = fit(Model::pareto_nbd, {{{0, 0, 0}, 500}});
  EXPECT_NE(name_of(of_today.status), name_of(FitStatus::converged));
  const Fit one_value = fit(std::vector<Spending>(200, {3, 25}));
  EXPECT_EQ(name_of(one_value.status), name_of(FitStatus::not_identified)) << one_value.why;
}

TEST(Fit, IsEndedByWhatItsCheckThrows) {
  EXPECT_THROW(fit(Model::mbg_nbd, {{{3, 30, 40}, 500}}, [] { throw std::string("cancelled"); }), std::string);
}

// Both CDNOW cohorts, against the values that other programs have found.
TEST(Fit, IsThePublishedOne) {
  const auto json = reference_file("reference/cdnow_reference.json");
  if (!json) GTEST_SKIP();
  boost::property_tree::ptree reference;
  boost::property_tree::read_json(*json, reference);
  for (const auto& [cohort, file] : {std::pair("sample_2357", "data/cdnow_sample_orders.csv"),
                                     {"full_23570", "data/cdnow_master_orders.csv.gz"}}) {
    const auto orders = reference_file(file);
    if (!orders) GTEST_SKIP();
    const test::Shop shop = test::shop_of(*orders, "1997-09-30");
    for (const auto& [name, model] : {std::pair("mbgnbd", Model::mbg_nbd), {"bgnbd", Model::bg_nbd},
                                      {"pareto_nbd", Model::pareto_nbd}, {"gamma_gamma", Model::gamma_gamma}}) {
      SCOPED_TRACE(std::string(cohort) + ' ' + name);
      const auto& expected = reference.get_child(cohort).get_child(name);
      const Fit found = model == Model::gamma_gamma ? fit(shop.spending) : fit(model, shop.groups);
      Parameters parameters{};
      for (std::size_t i = 0; i < parameter_names(model).size(); ++i)
        parameters[i] = expected.get<double>("params." + std::string(parameter_names(model)[i]));
      expect_parameters(found, model, parameters, 1e-3);
      EXPECT_NEAR(found.log_likelihood, expected.get<double>("loglik"), 1e-3);
      EXPECT_LT(found.gradient_norm, 1e-2);
    }
  }
}

TEST(Fit, SaysThatNobodyLeavesWhereHardlyAnybodyDoes) {
  const auto orders = reference_file("data/retail6889_nochurn_orders.csv.gz");
  if (!orders) GTEST_SKIP();
  const test::Shop shop = test::shop_of(*orders, "2015-03-16");
  for (const Model model : {Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd}) {
    const Fit found = fit(model, shop.groups);
    EXPECT_EQ(name_of(found.status), name_of(FitStatus::not_identified)) << name_of(model) << ' ' << found.why;
  }
}

// The scores of all clients of the sample.
TEST(Fit, ScoresEveryClientAsPublished) {
  const auto file = reference_file("reference/cdnow_sample_reference.csv");
  const auto orders = reference_file("data/cdnow_sample_orders.csv");
  if (!file || !orders) GTEST_SKIP();
  const test::Shop shop = test::shop_of(*orders, "1997-09-30");
  const auto rows = test::csv_rows(*file);
  EXPECT_EQ(rows.size(), 2357U);
  for (const auto& [prefix, model] :
       {std::pair("mbgnbd", Model::mbg_nbd), {"bgnbd", Model::bg_nbd}, {"pnbd", Model::pareto_nbd}}) {
    const Parameters parameters = fit(model, shop.groups).parameters;
    for (const auto& row : rows) {
      const auto number = [&](const std::string& column) { return std::stod(row.at(column)); };
      const History client{number("x"), number("t_x"), number("T")};
      const double alive = number(std::string(prefix) + "_palive"), next = number(std::string(prefix) + "_cet39");
      EXPECT_NEAR(p_alive(model, parameters, client), alive, 1e-3) << prefix << ' ' << row.at("sampleid");
      EXPECT_NEAR(expected_orders(model, parameters, client, 39), next, 1e-3 * (1 + next)) << row.at("sampleid");
    }
  }
  const Parameters value = fit(shop.spending).parameters;
  for (const auto& row : rows) {
    const double expected = std::stod(row.at("gg_exp_spend"));
    EXPECT_NEAR(expected_value(value, {std::stod(row.at("x")), std::stod(row.at("m_repeat"))}), expected,
                1e-3 * expected);
  }
}

}  // namespace
}  // namespace winback::core
