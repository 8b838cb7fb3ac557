// winback.stale: the one mark for everything that must be looked at again. It has no unique index, so marking waits for
// nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/names.hpp"
#include "capture/setup.hpp"

namespace winback::ledger {

// Who is marked: a client, whoever has a name, or, where neither is set, everybody.
struct Whose {
  std::optional<Datum> client = {};
  std::optional<capture::Name> name = {};

  bool everybody() const { return !client && !name; }
};

void add_stale(const capture::Setup& setup, const Whose& whose, const std::string& reason, core::Instant clock);

// A mark as it stands in the table.
struct StaleMark {
  Whose whose;
  ItemPointerData place;
};

// All marks, as committed now.
std::vector<StaleMark> stale_marks(const capture::Setup& setup);
// Takes marks away; those that another session has taken already are left to it.
void remove_stale(const capture::Setup& setup, const std::vector<ItemPointerData>& places);

}  // namespace winback::ledger
