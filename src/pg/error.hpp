// Errors on their way between the server and C++.
//
//   raised by              travels as       arrives as
//   ---------------------  ---------------  --------------------------------------------------
//   the server (ereport)   ServerError      the same error, all its fields kept
//   our own code           Error            ereport with its SQLSTATE, message, detail and hint
//   the standard library   std::exception   out_of_memory for bad_alloc, else internal_error
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "pg/prelude.hpp"

namespace winback::pg {

// An error that the server raised; the ErrorData belongs to the memory context that was current at the call.
class ServerError : public std::exception {
 public:
  explicit ServerError(ErrorData* data) : data_(data) {}
  ErrorData* data() const { return data_; }
  int sqlstate() const { return data_->sqlerrcode; }
  const char* what() const noexcept override { return data_->message ? data_->message : "server error"; }

 private:
  ErrorData* data_;
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

// Cancel, shutdown and the like: these are never swallowed.
inline bool must_pass(int sqlstate) {
  return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_OPERATOR_INTERVENTION ||
         ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TRANSACTION_ROLLBACK;
}

}  // namespace winback::pg
