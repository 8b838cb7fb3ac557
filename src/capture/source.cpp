// See source.hpp.
#include "capture/source.hpp"

#include <algorithm>

#include "pg/guard.hpp"

extern "C" {
#include "utils/jsonb.h"
}

namespace winback::capture {

namespace {

constexpr std::array kOrders = {
    Argument{"client", Meaning::client, Wanted::key, true},
    Argument{"placed_at", Meaning::at, Wanted::time, true},
    Argument{"amount", Meaning::amount, Wanted::number, false},
    Argument{"order_id", Meaning::item_id, Wanted::text, false},
    Argument{"counts_when", Meaning::counts_when, Wanted::boolean, false},
};
constexpr std::array kCalls = {
    Argument{"client", Meaning::client, Wanted::key, true},
    Argument{"started_at", Meaning::at, Wanted::time, true},
    Argument{"call_id", Meaning::item_id, Wanted::text, true},
    Argument{"seconds", Meaning::seconds, Wanted::seconds, true},
    Argument{"agent", Meaning::agent, Wanted::text, false},
    Argument{"counts_when", Meaning::counts_when, Wanted::boolean, false},
};
constexpr std::array kClients = {
    Argument{"client", Meaning::client, Wanted::key, true},
    Argument{"name", Meaning::name, Wanted::text, false},
    Argument{"manager", Meaning::manager, Wanted::text, false},
    Argument{"channel", Meaning::channel, Wanted::text, false},
    Argument{"region", Meaning::region, Wanted::text, false},
    Argument{"department", Meaning::department, Wanted::text, false},
    Argument{"registered_at", Meaning::at, Wanted::time, false},
    Argument{"do_not_contact", Meaning::do_not_contact, Wanted::boolean, false},
};
constexpr std::array kEvents = {
    Argument{"client", Meaning::client, Wanted::key, true},
    Argument{"kind", Meaning::kind, Wanted::text, true},
    Argument{"happened_at", Meaning::at, Wanted::time, true},
    Argument{"value", Meaning::value, Wanted::number, false},
    Argument{"event_id", Meaning::item_id, Wanted::text, false},
    Argument{"note", Meaning::note, Wanted::text, false},
    Argument{"counts_when", Meaning::counts_when, Wanted::boolean, false},
};
constexpr std::array kAliases = {
    Argument{"alias", Meaning::alias, Wanted::name, true},
    Argument{"client", Meaning::client, Wanted::key, true},
};
constexpr std::array kLines = {
    Argument{"order_id", Meaning::item_id, Wanted::name, true},
    Argument{"amount", Meaning::amount, Wanted::number, true},
    Argument{"counts_when", Meaning::counts_when, Wanted::boolean, false},
};
constexpr std::array<std::string_view, 6> kKinds = {"orders", "calls", "clients", "events", "aliases", "lines"};

}  // namespace

std::span<const Argument> arguments_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::orders:
      return kOrders;
    case SourceKind::calls:
      return kCalls;
    case SourceKind::clients:
      return kClients;
    case SourceKind::events:
      return kEvents;
    case SourceKind::aliases:
      return kAliases;
    case SourceKind::lines:
      return kLines;
  }
  return {};
}

SourceKind kind_named(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name);
  if (found == kKinds.end())
    throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "\"" + std::string(name) + "\" is no kind of watched table");
  return static_cast<SourceKind>(found - kKinds.begin());
}

void read_expressions(Source& source, Datum jsonb) {
  struct Pair {
    char* name;
    char* text;
  };
  List* pairs = pg::call([&] {
    List* list = NIL;
    JsonbIterator* it = JsonbIteratorInit(&DatumGetJsonbP(jsonb)->root);
    JsonbValue value;
    Pair* pair = nullptr;
    for (JsonbIteratorToken token; (token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE;) {
      if (token == WJB_KEY) {
        pair = static_cast<Pair*>(palloc0(sizeof(Pair)));
        pair->name = pnstrdup(value.val.string.val, value.val.string.len);
      } else if (token == WJB_VALUE && pair) {
        if (value.type == jbvString) pair->text = pnstrdup(value.val.string.val, value.val.string.len);
        list = lappend(list, pair);
      }
    }
    return list;
  });
  const auto arguments = arguments_of(source.kind);
  for (int i = 0; i < list_length(pairs); ++i) {
    const auto* pair = static_cast<Pair*>(list_nth(pairs, i));
    const auto found = std::ranges::find(arguments, std::string_view(pair->name), &Argument::name);
    if (found == arguments.end())
      throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "there is no argument \"" + std::string(pair->name) + "\"");
    if (pair->text) source.expressions[static_cast<std::size_t>(found->meaning)] = pair->text;
  }
}

}  // namespace winback::capture
