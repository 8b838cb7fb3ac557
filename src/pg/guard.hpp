// Calls into the server: an ereport inside comes out as a C++ exception.
//
// The guard's sigsetjmp stands in a frame of its own, deeper than the C++ objects it protects, so that their
// destructors run. Inside the callable only plain data may be alive: an error jumps over it. A ServerError may only be
// passed on, unless the call ran in a Subtransaction that is rolled back.
#pragma once

#include <type_traits>

#include "pg/error.hpp"

namespace winback::pg {

namespace detail {
// Runs fn(arg) and returns null, or the error that it raised.
ErrorData* run_guarded(void (*fn)(void*), void* arg);
// For destructors: runs fn(arg), and forgets an error.
void run_ignoring_errors(void (*fn)(void*), void* arg);
}  // namespace detail

// Runs `body`, which may ereport, and returns its result.
template <class Body>
auto call(Body&& body) {
  using Result = std::invoke_result_t<Body>;
  if constexpr (std::is_void_v<Result>) {
    auto run = [](void* arg) { (*static_cast<std::remove_reference_t<Body>*>(arg))(); };
    if (ErrorData* error = detail::run_guarded(run, const_cast<void*>(static_cast<const void*>(&body))))
      throw ServerError(error);
  } else {
    static_assert(std::is_trivially_copyable_v<Result>, "only plain data comes out of a guarded call");
    struct Frame {
      std::remove_reference_t<Body>* body;
      Result result;
    } frame{&body, {}};
    auto run = [](void* arg) {
      auto* f = static_cast<Frame*>(arg);
      f->result = (*f->body)();
    };
    if (ErrorData* error = detail::run_guarded(run, &frame)) throw ServerError(error);
    return frame.result;
  }
}

// Hears a request to cancel or to stop; for loops that do little each time around.
inline void check_interrupts() {
  if (INTERRUPTS_PENDING_CONDITION()) call([] { CHECK_FOR_INTERRUPTS(); });
}

}  // namespace winback::pg
