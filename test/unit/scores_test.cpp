// The scores: against closed forms, against each other, and where other programs fail.
#include <gtest/gtest.h>

#include <cmath>

#include "core/beta_orders.hpp"
#include "core/scores.hpp"
#include "support/hypergeometric.hpp"

namespace winback::core {
namespace {

constexpr Parameters kMbg{.5248433, 6.1830859, .8913594, 1.6140020};
constexpr Parameters kPareto{.553277, 10.577683, .606240, 11.668730};
constexpr std::array kOfOrders = {Model::mbg_nbd, Model::bg_nbd, Model::pareto_nbd};
constexpr std::array kClients = {History{0, 0, 0},        History{0, 0, 38.86},     History{1, 1.71, 38.86},
                                 History{7, 29.43, 29.43}, History{26, 30.86, 31.0}, History{350, 2, 52}};

// A shop's parameters for a model, where no particular ones are meant.
Parameters some(Model model) { return model == Model::pareto_nbd ? kPareto : kMbg; }

TEST(Scores, DateTheSilenceAsThePublishedFitDoes) {
  const std::array<std::array<double, 3>, 5> dated = {
      {{0, 0, 12.9815}, {1, 10, 26.5878}, {2, 30.43, 57.5578}, {7, 29.43, 41.9595}, {26, 30.86, 35.9789}}};
  for (const auto& [frequency, recency, age] : dated)
    EXPECT_NEAR(age_at_p_alive(Model::mbg_nbd, kMbg, frequency, recency, 0.5), age, 1e-3 * age);
}

TEST(Scores, AreAliveToTheThresholdAtTheAgeThatIsTold) {
  for (const Model model : kOfOrders)
    for (const double threshold : {0.01, 0.2, 0.5})
      for (const History& client : kClients) {
        const double age = age_at_p_alive(model, some(model), client.frequency, client.recency, threshold);
        if (std::isinf(age)) {
          EXPECT_EQ(client.frequency, 0);
          EXPECT_EQ(model, Model::bg_nbd);
          continue;
        }
        EXPECT_NEAR(p_alive(model, some(model), {client.frequency, client.recency, age}), threshold, 1e-9);
      }
}

// A client that is less likely alive than that right after its order is so from the order on.
TEST(Scores, DateNobodyBeforeTheLastOrder) {
  EXPECT_EQ(age_at_p_alive(Model::mbg_nbd, {1, 1, 3, 1}, 2, 7.5, 0.9), 7.5);
}

TEST(Scores, SayThatBgNbdNeverGivesUpWhoBoughtOnce) {
  EXPECT_EQ(p_alive(Model::bg_nbd, kMbg, {0, 0, 1e6}), 1);
  EXPECT_LT(p_alive(Model::mbg_nbd, kMbg, {0, 0, 1e6}), 0.01);
}

// The power that others compute overflows from 300 orders on.
TEST(Scores, DoNotOverflow) {
  for (const Model model : kOfOrders) {
    const double p = p_alive(model, some(model), {5000, 1, 1e6});
    EXPECT_GE(p, 0) << name_of(model);
    EXPECT_LT(p, 1e-100) << name_of(model);
    EXPECT_EQ(expected_orders(model, some(model), {5000, 1, 1e6}, 52), 0) << name_of(model);
    EXPECT_GT(p_alive(model, some(model), {5000, 99.9, 100}), 0.5) << name_of(model);
  }
}

TEST(Scores, OfParetoAtItsEdgesAreThoseBesideThem) {
  const auto alive = [](double alpha, double s) {
    return p_alive(Model::pareto_nbd, {0.5, alpha, s, 10}, {301, 50, 52});
  };
  EXPECT_NEAR(alive(10, 1), alive(10 + 1e-7, 1 - 1e-7), 1e-6);
  EXPECT_EQ(p_alive(Model::pareto_nbd, kPareto, {3, 20, 20}), 1) << "the last order is of today";
  const auto orders = [](double s) { return expected_orders(Model::pareto_nbd, {0.5, 10, s, 10}, {3, 20, 30}, 52); };
  EXPECT_NEAR(orders(1), orders(1 + 1e-7), 1e-6);
  EXPECT_NEAR(orders(1), orders(1 - 1e-7), 1e-6);
}

// The expected orders of who is alive, as the papers write them.
double by_hypergeometric(double k, double lengths, double a, double b) {
  const double c = a + b - 1, z = lengths / (1 + lengths);
  return c / (a - 1) * (1 - std::pow(1 - z, k) * test::hypergeometric(k, b, c, z));
}

TEST(Scores, ExpectOrdersAsThePapersDo) {
  for (const double k : {0.24, 2.5, 26.5})
    for (const double lengths : {0.01, 0.8, 3.5})
      for (const auto& [a, b] : {std::pair(0.79, 2.43), {0.5, 9.0}, {3.0, 0.7}}) {
        const double expected = by_hypergeometric(k, lengths, a, b);
        EXPECT_NEAR(beta_orders(k, lengths, a, b), expected, 1e-10 * expected) << k << ' ' << lengths << ' ' << a;
      }
}

TEST(Scores, ExpectTheSameOrdersByBothWays) {
  for (const double k : {0.05, 1.0, 300.0})
    for (const double lengths : {1e-6, 0.3, 2.0})
      for (const double a : {0.01, 1.0, 700.0})
        for (const double b : {0.01, 2.4, 7000.0}) {
          const double by_sum = beta_orders_by_sum(k, lengths, a, b);
          EXPECT_NEAR(beta_orders_by_mean(k, lengths, a, b), by_sum, 1e-9 * by_sum)
              << k << ' ' << lengths << ' ' << a << ' ' << b;
        }
}

TEST(Scores, ExpectOrdersAtAOfOneAsBesideIt) {
  const auto orders = [](double a) { return beta_orders(2.5, 0.8, a, 2.4); };
  EXPECT_NEAR(orders(1), orders(1 + 1e-8), 1e-7);
  EXPECT_NEAR(orders(1), by_hypergeometric(2.5, 0.8, 1 + 1e-6, 2.4), 1e-5);
}

TEST(Scores, ExpectOrdersOverAnyTime) {
  for (const Model model : kOfOrders)
    for (const History& client : kClients) {
      double before = 0;
      EXPECT_EQ(expected_orders(model, some(model), client, 0), 0);
      for (double horizon = 1e-3; horizon < 1e9; horizon *= 10) {
        const double orders = expected_orders(model, some(model), client, horizon);
        EXPECT_GE(orders, before) << name_of(model) << ' ' << horizon;
        EXPECT_TRUE(std::isfinite(orders));
        before = orders;
      }
    }
}

// Whoever makes no order has left before, or is silent: never is the chance out of its range, and it falls with time.
TEST(Scores, ExpectSilenceWithinReason) {
  for (const Model model : kOfOrders)
    for (const History& client : kClients) {
      EXPECT_NEAR(p_no_order(model, some(model), client, 0), 1, 1e-12);
      double before = 1;
      for (double horizon = 1; horizon < 1e9; horizon *= 10) {
        const double silent = p_no_order(model, some(model), client, horizon);
        EXPECT_LE(silent, before);
        EXPECT_GE(silent, 1 - p_alive(model, some(model), client) - 1e-12);
        before = silent;
      }
    }
}

TEST(Scores, TellTheTimeToTheNextOrder) {
  const History client{2, 30.43, 38.86};
  const double median = next_order_in(Model::mbg_nbd, kMbg, client, 0.5);
  const double alive = p_alive(Model::mbg_nbd, kMbg, client);
  EXPECT_NEAR((p_no_order(Model::mbg_nbd, kMbg, client, median) - (1 - alive)) / alive, 0.5, 1e-12);
  EXPECT_EQ(next_order_in(Model::mbg_nbd, kMbg, client, 0), 0);
  EXPECT_EQ(next_order_in(Model::mbg_nbd, {0.001, 6, 1, 1}, {0, 0, 1}, 0.9), INFINITY);
}

TEST(Scores, CountLaterOrdersLess) {
  for (const Model model : kOfOrders) {
    const History client{2, 30.43, 38.86};
    const auto worth = [&](double rate) { return discounted_orders(model, some(model), client, 520, rate); };
    EXPECT_DOUBLE_EQ(worth(0), expected_orders(model, some(model), client, 520));
    // Order by order, in steps of a tenth of a week.
    double sum = 0;
    for (int i = 0; i < 5200; ++i) {
      const auto orders = [&](double until) { return expected_orders(model, some(model), client, until); };
      sum += (orders((i + 1) / 10.) - orders(i / 10.)) * std::pow(1.002, -(i + 0.5) / 10);
    }
    EXPECT_NEAR(worth(0.002), sum, 1e-6 * sum) << name_of(model);
  }
}

TEST(Scores, ValueOrdersBetweenTheClientAndTheShop) {
  constexpr Parameters kValue{6.2496, 3.7442, 15.4435};
  EXPECT_NEAR(expected_value(kValue, {0, 0}), 35.17, 0.01);
  EXPECT_NEAR(expected_value(kValue, {2, 22.345}), 24.654, 0.001);
  EXPECT_GT(expected_value(kValue, {2, 0}), 0);
  // Where q is at most 1 a mean has no finite value, and is not negative.
  EXPECT_EQ(expected_value({6, 0.8, 15}, {0, 0}), INFINITY);
  EXPECT_EQ(expected_value({6, 1, 15}, {0, 0}), INFINITY);
  EXPECT_GT(expected_value({6, 0.8, 15}, {1, 20}), 0);
}

}  // namespace
}  // namespace winback::core
