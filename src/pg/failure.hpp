// What an exception said, as plain data: taken inside a catch block, used after it has been left.
#pragma once

#include "pg/error.hpp"

namespace winback::pg {

struct Failure {
  ErrorData* server = nullptr;  // for errors of the server, until the next failure is described; the others for all
  int sqlstate = 0;
  char message[512], detail[1024], hint[1024];

  // Empty, but not filled with zeros: every call of a function has one of these ready.
  Failure() { *message = *detail = *hint = '\0'; }
};

// Describes the exception that is being handled.
Failure describe_current_exception() noexcept;

// Raises it as an ERROR; never returns, so no C++ object may be alive in the caller.
[[noreturn]] void raise(const Failure& failure);

// Reports it as a WARNING that begins with `what_failed`.
void warn(const char* what_failed, const Failure& failure);

}  // namespace winback::pg
