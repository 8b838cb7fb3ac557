// Errors on their way between the server and C++.
//
//   raised by              travels as       arrives as
//   ---------------------  ---------------  --------------------------------------------------
//   the server (ereport)   ServerError      the same error, all its fields kept
//   our own code           Error            ereport with its SQLSTATE, message, detail and hint
//   the standard library   std::exception   out_of_memory for bad_alloc, else internal_error
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "pg/prelude.hpp"

namespace winback::pg {

// Gives back an error that came out of a guarded call, with the memory context of its own that it lies in: the server's
// FreeErrorData() forgets some of what CopyErrorData() has copied.
inline void free_error(ErrorData* error) { MemoryContextDelete(GetMemoryChunkContext(error)); }

// An error that the server raised. Its ErrorData outlives every memory context that goes while the exception is on its
// way, and is freed with the exception unless somebody takes it.
class ServerError : public std::exception {
 public:
  explicit ServerError(ErrorData* data) : held_(std::make_shared<Held>(data)) {}
  const ErrorData* data() const { return held_->data; }
  int sqlstate() const { return held_->data->sqlerrcode; }
  const char* what() const noexcept override { return held_->data->message ? held_->data->message : "server error"; }

  // Hands the ErrorData over: the caller is to free it.
  ErrorData* take() const { return std::exchange(held_->data, nullptr); }

 private:
  struct Held {
    explicit Held(ErrorData* error) : data(error) {}
    ~Held() {
      if (data) free_error(data);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ErrorData* data;
  };
  std::shared_ptr<Held> held_;
};

// An error of ours, worded as the server words its own.
class Error : public std::exception {
 public:
  Error(int sqlstate, std::string message, std::string detail = {}, std::string hint = {})
      : sqlstate_(sqlstate), message_(std::move(message)), detail_(std::move(detail)), hint_(std::move(hint)) {}
  int sqlstate() const { return sqlstate_; }
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  int sqlstate_;
  std::string message_;
  std::string detail_;
  std::string hint_;
};

// Cancel, shutdown and serialization failures: these are never swallowed. (A deadlock is: what it was about has been
// undone with the subtransaction.)
inline bool must_pass(int sqlstate) {
  return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_OPERATOR_INTERVENTION ||
         sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE;
}

}  // namespace winback::pg
