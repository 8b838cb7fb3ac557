// A step that may fail without taking the transaction with it.
#pragma once

#include "pg/failure.hpp"
#include "pg/subtransaction.hpp"

namespace winback::work {

// Runs a step in a subtransaction; false if it failed, then `failure` tells why. Cancel, shutdown and serialization
// failures are passed on.
template <class Step>
bool attempt(pg::Failure& failure, Step step) {
  try {
    pg::Subtransaction subtransaction;
    step();
    subtransaction.commit();
    return true;
  } catch (...) {
    failure = pg::describe_current_exception();
  }
  if (pg::must_pass(failure.sqlstate)) pg::raise(failure);
  return false;
}

}  // namespace winback::work
