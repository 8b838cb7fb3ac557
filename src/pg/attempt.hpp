// A step that may fail without taking the transaction with it.
#pragma once

#include "pg/failure.hpp"
#include "pg/subtransaction.hpp"

namespace winback::pg {

// Runs a step in a subtransaction; false if it failed, then `failure` tells why. Cancel, shutdown and serialization
// failures are passed on, as exceptions: the caller's objects must go too.
template <class Step>
bool attempt(Failure& failure, Step step) {
  try {
    Subtransaction subtransaction;
    step();
    subtransaction.commit();
    return true;
  } catch (const ServerError& error) {
    if (must_pass(error.sqlstate())) throw;
    failure = describe_current_exception();
  } catch (...) {
    failure = describe_current_exception();
  }
  return false;
}

}  // namespace winback::pg
