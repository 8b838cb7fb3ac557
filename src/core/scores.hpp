// What a fitted model says of a client. Times are in the unit of the model, and begin at the client's present age.
//
// A client that has not left orders at a rate which is believed to be gamma(k, A), with k = r + frequency and
// A = alpha + age. Arguments must make sense: 0 <= recency <= age, and what is a chance between 0 and 1.
#pragma once

#include "core/model.hpp"

namespace winback::core {

// The chance that the client has not left. BG/NBD: 1 for who bought once, whatever the silence.
double p_alive(Model model, const Parameters& parameters, const History& client);

// The chance that it does not order within a time.
double p_no_order(Model model, const Parameters& parameters, const History& client, double horizon);

// How many orders it makes within a time, on average.
double expected_orders(Model model, const Parameters& parameters, const History& client, double horizon);

// The same, an order after a time t counting (1 + rate)^-t.
double discounted_orders(Model model, const Parameters& parameters, const History& client, double horizon,
                         double discount_rate);

// The time within which, with the chance `quantile`, the next order comes from a client that has not left and does not
// leave before; infinite where that is beyond all numbers.
double next_order_in(Model model, const Parameters& parameters, const History& client, double quantile);

// The age at which the chance that it is alive falls to a threshold, if it does not order until then: its recency where
// it is no greater right after the last order, infinite where it never falls so low.
double age_at_p_alive(Model model, const Parameters& parameters, double frequency, double recency, double threshold);

// What an order of the client is worth on average; infinite where p x frequency + q <= 1: the mean has no finite value
// then.
double expected_value(const Parameters& parameters, const Spending& client);

}  // namespace winback::core
