// winback.rejected: the rows that cannot be facts. Written as they come: the list has no unique index, so nobody
// waits for it, and a rollback takes its rows with it.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "capture/setup.hpp"

namespace winback::capture {

// Lists a row (jsonb) of a table.
void list_rejected(const Setup& setup, Oid source, Datum row, const std::string& reason);
// Takes one row that looks like this off the list.
void unlist_rejected(const Setup& setup, Oid source, Datum row);
// Takes all rows of a table off the list.
void unlist_all_rejected(const Setup& setup, Oid source);
// Whether a row of a table is listed.
bool has_rejected(const Setup& setup, Oid source);

// The list made right by who reads all tables. List and tables are seen by one snapshot, in which they agree but for
// what is to be made right: who adds, mends or removes a row meanwhile sees to the list by itself. What is listed
// rightly is left alone and not written anew: who mends that row would not know of another.
class RejectedReview {
 public:
  RejectedReview(const Setup& setup, Snapshot snapshot);
  // Lists a row that was found, where it is not listed yet; whether it was not.
  bool found(Oid source, Datum row, const std::string& reason);
  // Takes off what was listed and not found.
  void finish();

 private:
  const Setup& setup_;
  Snapshot snapshot_;
  std::set<std::uint64_t> unconfirmed_;  // places in the list
};

}  // namespace winback::capture
