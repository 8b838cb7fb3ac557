// _is_stale(client_id): whether winback.stale has a mark for the client, for a name that is its, or for everybody.
#include <algorithm>
#include <new>
#include <optional>
#include <type_traits>

#include "ledger/facts.hpp"
#include "pg/entry.hpp"
#include "pg/key.hpp"
#include "pg/text.hpp"
#include "report/seen.hpp"
#include "work/named.hpp"

using namespace winback;

namespace {

// A mark for one client, or for whoever has a name.
struct Mark {
  Mark* next;
  bool is_name;
  Oid space;
  Datum value;  // the client's key, or the name
};

// What a statement sees of winback.stale: most often nothing.
struct Marks {
  bool everybody;
  Mark* first;
};

// Whom the marks are for.
struct Marked {
  bool everybody = false;
  int count = 0;
  Datum* clients = nullptr;  // in order
  pg::KeyType* key = nullptr;
};

// Reads the marks.
Marks read_marks() {
  enum { kClient, kOrderTable, kName };
  static report::SeenTable table("stale", {"client_id", "order_table", "name"});
  Marks marks{};
  table.each([&](const report::SeenRow& row) {
    const bool is_name = row.is_null(kClient);
    if (is_name && row.is_null(kName)) {
      marks.everybody = true;
      return;
    }
    auto* mark = static_cast<Mark*>(palloc(sizeof(Mark)));
    mark->next = marks.first;
    mark->is_name = is_name;
    mark->space = row.is_null(kOrderTable) ? capture::kAliases : DatumGetObjectId(row.value(kOrderTable));
    mark->value = row.copy(is_name ? kName : kClient);
    marks.first = mark;
  });
  return marks;
}

// The clients that the marks are for; those who have a name are looked up as they are now.
std::vector<Datum> clients_of(const Marks& marks) {
  std::vector<Datum> clients;
  std::optional<ledger::FactReader> facts;
  ledger::Patience patience = ledger::Patience::endless();
  for (const Mark* mark = marks.first; mark; mark = mark->next) {
    if (!mark->is_name) {
      clients.push_back(mark->value);
      const auto setup = capture::need_setup();
      if (setup->merges.is_merged(mark->value))
        clients.push_back(setup->key.copy(setup->merges.present(mark->value), CurrentMemoryContext));
      continue;
    }
    if (!facts) facts.emplace(capture::need_setup(), patience).pass_over_dropped();
    for (const Datum client : work::clients_of(*facts, {mark->space, pg::text_string(mark->value)}))
      clients.push_back(client);
  }
  return clients;
}

// Finds out who is marked, in the memory of the call's expression.
Marked* find_marked(FmgrInfo* function) {
  static_assert(std::is_trivially_destructible_v<pg::KeyType>, "a memory context forgets, it does not destroy");
  const pg::InContext in(function->fn_mcxt);
  const auto take = [](Size size) { return pg::call([&] { return palloc(size); }); };
  const Marks marks = pg::call([] { return read_marks(); });
  auto* marked = new (take(sizeof(Marked))) Marked;
  marked->everybody = marks.everybody;
  if (marks.everybody || !marks.first) return marked;
  marked->key = new (take(sizeof(pg::KeyType))) pg::KeyType(get_fn_expr_argtype(function, 0), function->fn_mcxt);
  std::vector<Datum> clients = clients_of(marks);
  marked->key->sort_unique(clients);
  marked->count = static_cast<int>(clients.size());
  marked->clients = static_cast<Datum*>(take(clients.size() * sizeof(Datum)));
  std::ranges::copy(clients, marked->clients);
  return marked;
}

}  // namespace

WINBACK_FUNCTION(winback_client_is_stale) {
  auto*& known = reinterpret_cast<Marked*&>(fcinfo->flinfo->fn_extra);
  if (!known) known = find_marked(fcinfo->flinfo);
  if (known->everybody || known->count == 0) PG_RETURN_BOOL(known->everybody);
  const Datum client = PG_GETARG_DATUM(0);
  return pg::call([&] {
    return BoolGetDatum(std::binary_search(known->clients, known->clients + known->count, client,
                                           [&](Datum a, Datum b) { return known->key->order(a, b) < 0; }));
  });
}
