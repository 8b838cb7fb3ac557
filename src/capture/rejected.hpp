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

// The list made right by who has read all tables. What is listed rightly is left alone and not written anew: somebody
// who mends that row may be taking it off the list at this moment, and would not know of another.
class RejectedReview {
 public:
  // Begins, before the tables are read: what is listed later is none of its business.
  explicit RejectedReview(const Setup& setup);
  // Lists a row that was found, where it is not listed yet.
  void found(Oid source, Datum row, const std::string& reason);
  // Takes off what was listed and not found.
  void finish();

 private:
  const Setup& setup_;
  std::set<std::uint64_t> unconfirmed_;  // places in the list
};

}  // namespace winback::capture
