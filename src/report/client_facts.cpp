// What the watched tables say of one client, as rows: for views, for the closing rule, for life_cycle.
#include "ledger/facts.hpp"
#include "pg/entry.hpp"
#include "pg/money.hpp"
#include "pg/result.hpp"
#include "pg/text.hpp"

using namespace winback;
using capture::Meaning;
using capture::SourceKind;

namespace {

// Puts a value as text, or null.
void set_text(pg::Values& row, int column, const capture::RowReader& reader, const capture::Fact& fact,
              Meaning meaning) {
  if (!fact.value(meaning).null) row.set(column, pg::text_datum(reader.text_of(fact, meaning)));
}

// Puts a number, or null.
void set_number(pg::Values& row, int column, const capture::Fact& fact, Meaning meaning) {
  if (!fact.value(meaning).null) row.set(column, fact.value(meaning).datum);
}

// The client that is given as text.
Datum client_given(FunctionCallInfo fcinfo, const capture::Setup& setup) {
  return setup.key.from_text(pg::text_argument(fcinfo, 0).c_str());
}

// Visits a client's facts.
void each_fact(Datum client, const std::shared_ptr<const capture::Setup>& setup,
               const ledger::FactReader::Visitor& visit) {
  const pg::Spi spi;
  ledger::Patience patience = ledger::Patience::endless();
  ledger::FactReader facts(setup, patience);
  facts.pass_over_dropped();
  facts.of_client(client, visit);
}

}  // namespace

// _client_calls(client text): the calls of a client that count; of a merged one those of the client that it was merged
// into, for its tasks are closed with these.
WINBACK_FUNCTION(winback_client_calls) {
  const pg::ResultRows rows(fcinfo);
  const auto setup = capture::need_setup();
  const Datum client = setup->merges.present(client_given(fcinfo, *setup));
  each_fact(client, setup, [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
    if (source.kind != SourceKind::calls) return;
    pg::Values row = rows.row();
    row.set(0, ObjectIdGetDatum(source.relation));
    set_text(row, 1, reader, fact, Meaning::item_id);
    row.set(2, TimestampTzGetDatum(fact.at));
    row.set(3, BoolGetDatum(fact.is_date));
    set_number(row, 4, fact, Meaning::seconds);
    set_text(row, 5, reader, fact, Meaning::agent);
    row.set(6, BoolGetDatum(setup->is_contact(fact.value(Meaning::seconds))));
    rows.put(row);
  });
  PG_RETURN_NULL();
}

// _client_facts(client text): all dated facts of a client.
WINBACK_FUNCTION(winback_client_facts) {
  const pg::ResultRows rows(fcinfo);
  const auto setup = capture::need_setup();
  const Datum zero = pg::money_of(0);
  const Datum client = client_given(fcinfo, *setup);
  each_fact(client, setup, [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
    if (source.kind == SourceKind::clients) return;
    pg::Values row = rows.row();
    row.set(0, ObjectIdGetDatum(source.relation));
    std::string kind = "call";
    if (source.kind == SourceKind::events) kind = reader.text_of(fact, Meaning::kind);
    if (source.kind == SourceKind::orders) {
      const capture::Value& amount = fact.value(Meaning::amount);
      kind = !amount.null && pg::compare(amount.datum, zero) < 0 ? "return" : "order";
    }
    row.set(1, pg::text_datum(kind));
    set_text(row, 2, reader, fact, Meaning::item_id);
    row.set(3, TimestampTzGetDatum(fact.at));
    set_number(row, 4, fact, Meaning::amount);
    set_number(row, 5, fact, Meaning::seconds);
    set_number(row, 6, fact, Meaning::value);
    set_text(row, 7, reader, fact, Meaning::agent);
    set_text(row, 8, reader, fact, Meaning::note);
    rows.put(row);
  });
  PG_RETURN_NULL();
}

// _find_call(call_id text): the call of that id in every watched table of calls, whoever's it is, counting or not.
WINBACK_FUNCTION(winback_find_call) {
  const pg::ResultRows rows(fcinfo);
  const auto setup = capture::need_setup();
  const std::string wanted = pg::text_argument(fcinfo, 0);
  const pg::Spi spi;
  ledger::Patience patience = ledger::Patience::endless();
  ledger::FactReader facts(setup, patience);
  facts.pass_over_dropped();
  const auto put = [&](const capture::Source& source, const std::string* client) {
    pg::Values row = rows.row();
    row.set(0, ObjectIdGetDatum(source.relation));
    if (client) row.set(1, pg::text_datum(*client));
    row.set(2, BoolGetDatum(client != nullptr));
    rows.put(row);
  };
  facts.on_other([&](const capture::Source& source, capture::RowReader& reader) {
    if (source.kind == SourceKind::calls && reader.last_item_id() == wanted) put(source, nullptr);
  });
  facts.of_everybody([&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
    if (source.kind != SourceKind::calls || reader.text_of(fact, Meaning::item_id) != wanted) return;
    const std::string client = setup->key.to_text(fact.client);
    put(source, &client);
  });
  PG_RETURN_NULL();
}
