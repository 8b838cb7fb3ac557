// The log-likelihoods: against closed forms, their gradients against differences, and where other programs fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/likelihood.hpp"
#include "support/hypergeometric.hpp"

namespace winback::core {
namespace {

const std::vector<Group> kClients = {{{0, 0, 0}, 1},         {{0, 0, 38.86}, 5},   {{1, 1.71, 38.86}, 2},
                                     {{2, 30.43, 38.86}, 3}, {{7, 29.43, 29.43}, 1}, {{26, 30.86, 31}, 1},
                                     {{350, 51.5, 52}, 1}};
constexpr Parameters kUsual{0.55, 10.6, 0.6, 11.7};

// The gradient as differences of the values.
template <class Value>
void expect_gradient(const Parameters& parameters, std::size_t size, const Parameters& gradient, const Value& value) {
  for (std::size_t i = 0; i < size; ++i) {
    const double step = 1e-5 * parameters[i];
    const auto at = [&](double distance) {
      Parameters beside = parameters;
      beside[i] += distance * step;
      return value(beside);
    };
    const double slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
    EXPECT_NEAR(gradient[i], slope, 1e-6 * (1 + std::abs(slope))) << "parameter " << i;
  }
}

TEST(Likelihood, HasTheGradientOfItsDifferences) {
  for (const Model model : {Model::nbd, Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd})
    for (const Parameters& parameters : {kUsual, Parameters{2, 5, 1, 5}, Parameters{0.05, 80, 3, 0.4}}) {
      SCOPED_TRACE(name_of(model));
      Parameters gradient{};
      log_likelihood(model, parameters, GroupTable(kClients), &gradient);
      expect_gradient(parameters, parameter_names(model).size(), gradient,
                      [&](const Parameters& beside) { return log_likelihood(model, beside, GroupTable(kClients)); });
    }
}

TEST(Likelihood, OfValuesHasTheGradientOfItsDifferences) {
  const std::vector<Spending> clients = {{1, 12.5}, {1, 80}, {3, 30}, {26, 0.5}, {350, 41.25}};
  for (const Parameters& parameters : {Parameters{6.25, 3.74, 15.4}, Parameters{0.4, 0.7, 900}}) {
    Parameters gradient{};
    log_likelihood(parameters, clients, &gradient);
    expect_gradient(parameters, 3, gradient, [&](const Parameters& beside) { return log_likelihood(beside, clients); });
  }
}

// Pareto/NBD as the papers write it: a difference of hypergeometric functions.
double pareto_by_hypergeometric(const Parameters& parameters, const History& client) {
  const auto [r, alpha, s, beta] = parameters;
  const auto [x, recency, age] = client;
  const double k = r + x, greater = std::max(alpha, beta), power = alpha >= beta ? s + 1 : k;
  const auto part = [&](double t) {
    const double z = std::abs(alpha - beta) / (greater + t);
    return test::hypergeometric(k + s, power, k + s + 1, z) / std::pow(greater + t, k + s);
  };
  const double constant = std::lgamma(k) - std::lgamma(r) + r * std::log(alpha) + s * std::log(beta);
  return constant + std::log(1 / (std::pow(alpha + age, k) * std::pow(beta + age, s)) +
                             s / (k + s) * (part(recency) - part(age)));
}

TEST(Likelihood, OfParetoIsThatOfThePapers) {
  for (const Parameters& parameters : {kUsual, Parameters{2, 9, 1.5, 5}})
    for (const History& client : {History{0, 0, 38.86}, {1, 1.71, 38.86}, {2, 30.43, 38.86}, {7, 29.43, 30}})
      EXPECT_NEAR(log_likelihood(Model::pareto_nbd, parameters, GroupTable({{client, 1}})),
                  pareto_by_hypergeometric(parameters, client), 1e-10);
}

// Beside alpha = beta, and beside s = 1, it is what it is there.
TEST(Likelihood, OfParetoIsSmoothWhereThePapersDivideByNothing) {
  const auto at = [](double alpha, double s) {
    return log_likelihood(Model::pareto_nbd, {0.5, alpha, s, 10}, GroupTable(kClients));
  };
  EXPECT_TRUE(std::isfinite(at(10, 1)));
  EXPECT_NEAR(at(10, 1), at(10 + 1e-9, 1), 1e-6);
  EXPECT_NEAR(at(10, 1), at(10 - 1e-9, 1 + 1e-10), 1e-6);
}

TEST(Likelihood, KnowsClientsWithThousandsOfOrders) {
  for (const Model model : {Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd}) {
    Parameters gradient{};
    const GroupTable client({{{5000, 2, 1000}, 1}});
    EXPECT_TRUE(std::isfinite(log_likelihood(model, kUsual, client, &gradient))) << name_of(model);
    for (const double slope : gradient) EXPECT_TRUE(std::isfinite(slope)) << name_of(model);
  }
}

TEST(Likelihood, OfAGroupIsThatOfItsClients) {
  Histories histories;
  for (int i = 0; i < 5000; ++i) histories.add({i % 3 ? 2. : 0., i % 3 ? 3.5 : 0., 1. + i % 2});
  const auto groups = histories.groups();
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(count(groups).clients, 5000);
  EXPECT_EQ(count(groups).repeaters, 3333);
  double sum = 0;
  for (const Group& group : groups)
    sum += group.clients * log_likelihood(Model::mbg_nbd, kUsual, GroupTable({{group.history, 1}}));
  EXPECT_NEAR(log_likelihood(Model::mbg_nbd, kUsual, GroupTable(groups)), sum, 1e-9);
}

// Of clients of whom each is a group of its own, in any order, and more of them than logarithms are put off for.
TEST(Likelihood, OfManyIsTheSumOfEach) {
  std::vector<Group> groups;
  for (int i = 0; i < 1300; ++i) {
    const double frequency = i % 7, recency = frequency > 0 ? 0.5 * (i % 60) : 0;
    groups.push_back({{frequency, recency, recency + 0.25 * (i % 50)}, i % 11 == 0 ? 2. : 1.});
  }
  for (const Model model : {Model::nbd, Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd}) {
    SCOPED_TRACE(name_of(model));
    Parameters gradient{}, sum_of_gradients{};
    double sum = 0;
    for (const Group& group : groups) {
      Parameters own{};
      sum += log_likelihood(model, kUsual, GroupTable({group}), &own);
      for (std::size_t i = 0; i < own.size(); ++i) sum_of_gradients[i] += own[i];
    }
    EXPECT_NEAR(log_likelihood(model, kUsual, GroupTable(groups), &gradient), sum, 1e-8);
    for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(gradient[i], sum_of_gradients[i], 1e-8);
  }
}

// Merged again and again while they come, they are what they are when they come at once.
TEST(Histories, AreInOrderHoweverManyTheyAre) {
  Histories histories;
  constexpr int kClients = 200'000;
  for (int i = 0; i < kClients; ++i) {
    const int mixed = static_cast<int>(i * 7919LL % 130'001);
    histories.add({static_cast<double>(mixed % 5), static_cast<double>(mixed % 400), 500. + mixed % 97});
  }
  const auto groups = histories.groups();
  EXPECT_EQ(count(groups).clients, kClients);
  EXPECT_TRUE(std::ranges::is_sorted(groups, {}, &Group::history));
  const auto same = [](const Group& a, const Group& b) { return a.history == b.history; };
  EXPECT_EQ(std::ranges::adjacent_find(groups, same), groups.end());
}

}  // namespace
}  // namespace winback::core
