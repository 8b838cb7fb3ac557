// Entries from the server: every function that SQL can call, and every callback, passes one of these doors.
// Nothing thrown leaves a door as an exception; the catch block is left before the server's ereport jumps.
#pragma once

#include "pg/error.hpp"

namespace winback::pg {

using Body = Datum (*)(FunctionCallInfo);

// Runs a function's body; what it throws becomes an ERROR.
Datum enter(Body body, FunctionCallInfo fcinfo);

// Runs a callback (transaction end, hook, worker); what it throws becomes an ERROR.
void enter_callback(void (*body)(void*), void* arg);

// The door for a callable that may hold C++ objects.
template <class Callable>
void enter_with(Callable callable) {
  enter_callback([](void* arg) { (*static_cast<Callable*>(arg))(); }, &callable);
}

}  // namespace winback::pg

// Defines the SQL-callable C function `name`; the braces of its body follow.
#define WINBACK_FUNCTION(name)                                                            \
  static Datum name##_body(FunctionCallInfo fcinfo);                                      \
  extern "C" {                                                                            \
  __attribute__((visibility("default"))) Datum name(PG_FUNCTION_ARGS);                    \
  PG_FUNCTION_INFO_V1(name);                                                              \
  Datum name(PG_FUNCTION_ARGS) { return winback::pg::enter(name##_body, fcinfo); }        \
  }                                                                                       \
  static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
