// winback.stale: the one mark for everything that must be looked at again. It has no unique index, so marking waits for
// nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/setup.hpp"

namespace winback::ledger {

// Marks a client, or everybody.
void add_stale(const capture::Setup& setup, std::optional<Datum> client, const std::string& reason,
               core::Instant clock);

// A mark as it stands in the table.
struct StaleMark {
  std::optional<Datum> client;
  ItemPointerData place;
};

// All marks, as committed now.
std::vector<StaleMark> stale_marks(const capture::Setup& setup);
// Takes marks away; those that another session has taken already are left to it.
void remove_stale(const capture::Setup& setup, const std::vector<ItemPointerData>& places);

}  // namespace winback::ledger
