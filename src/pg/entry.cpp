// See entry.hpp.
#include "pg/entry.hpp"

#include "pg/failure.hpp"

namespace winback::pg {

Datum enter(Body body, FunctionCallInfo fcinfo) {
  Failure failure;
  try {
    return body(fcinfo);
  } catch (...) {
    failure = describe_current_exception();
  }
  raise(failure);
}

void enter_callback(void (*body)(void*), void* arg) {
  Failure failure;
  try {
    body(arg);
    return;
  } catch (...) {
    failure = describe_current_exception();
  }
  raise(failure);
}

}  // namespace winback::pg
