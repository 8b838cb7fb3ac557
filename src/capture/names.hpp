// Names: what a fact may hang on instead of a client's key.
//
//   a name is        who says whose it is ("definers")     whose facts hang on it ("users")
//   ---------------  ------------------------------------  -----------------------------------------
//   an order's id    the rows of a table of orders         the rows of its tables of lines
//   an alias         the rows of watch_aliases             the rows of tables watched with by_alias
//
// Names are compared as the text that their values are written with (a numeric without trailing zeros, a character(n)
// without its blanks), so a number here and a text there can be the same name. An empty text is none.
//
// A trigger that sees a row of either side notes the name, not the clients: who they are may change until the commit,
// where it is looked up under a lock on the name (see ledger/name_lock.hpp and work/named.hpp).
#pragma once

#include <compare>
#include <map>
#include <string>

#include "pg/prelude.hpp"

namespace winback::capture {

// The space of all aliases. Those of orders' ids are the tables of the orders.
inline constexpr Oid kAliases = InvalidOid;

struct Name {
  Oid space = kAliases;
  std::string text;

  // Orders' ids come first: what hangs on one leads to an alias where the order's client is one.
  std::strong_ordering operator<=>(const Name& other) const {
    if (const auto order = (space == kAliases) <=> (other.space == kAliases); order != 0) return order;
    if (const auto order = space <=> other.space; order != 0) return order;
    return text <=> other.text;
  }
  bool operator==(const Name&) const = default;
};

// What a transaction did to a name.
struct NameNote {
  bool used = false;     // a fact that hangs on it came, changed or went
  bool defined = false;  // whose it is was said, changed or taken back
  bool calls = false;    // one of those facts was a call: tasks may have lost their evidence

  // Whether calls with which tasks were done may be somebody else's now, or gone.
  bool tells_of_evidence() const { return calls || defined; }
  void merge(const NameNote& later) {
    used |= later.used;
    defined |= later.defined;
    calls |= later.calls;
  }
};

using NamedNotes = std::map<Name, NameNote>;

}  // namespace winback::capture
