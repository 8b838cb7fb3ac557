// See facts.hpp.
#include "ledger/facts.hpp"

#include <set>

#include "capture/frozen.hpp"
#include "pg/money.hpp"

namespace winback::ledger {

using capture::Fact;
using capture::Meaning;
using capture::RowReader;
using capture::Source;
using capture::SourceKind;
using capture::Value;

FactReader::FactReader(std::shared_ptr<const capture::Setup> setup, Patience& patience)
    : Rows(setup, patience), setup_(std::move(setup)) {}

void add_lines(Fact& order, const Value& lines) {
  if (lines.null) return;
  Value& amount = order.values[static_cast<std::size_t>(Meaning::amount)];
  amount = {amount.null ? lines.datum : pg::add(amount.datum, lines.datum), false};
}

// A fact of this client as it is to be told.
Fact FactReader::complete(const Source& source, const RowReader& reader, const Fact& fact, Datum client) {
  Fact complete = fact;
  complete.client = client;
  complete.merged = !source.by_alias && !setup_->key.equal(fact.client, client);
  if (!source.has_lines) return complete;
  const std::string id = reader.name_of(fact, Meaning::item_id);
  if (id.empty()) return complete;
  for (const Source* lines : setup_->lines_of(source.relation))
    of_name(*lines, Meaning::item_id, id, [&](const Source&, RowReader&, const Fact& line) {
      const Value& amount = line.value(Meaning::amount);
      if (!amount.null) add_lines(complete, {pg::copy_money(amount.datum), false});
    });
  return complete;
}

std::string FactReader::frozen_because(Datum client) const { return capture::frozen_because(*setup_, client); }

void FactReader::of_client(Datum client, const Visitor& visit) {
  const pg::Spi spi;
  const Visitor tell = [&](const Source& source, RowReader& reader, const Fact& fact) {
    visit(source, reader, complete(source, reader, fact, client));
  };
  const bool by_alias = setup_->finds_by_alias();
  std::set<std::string> aliases;
  for (const Datum key : setup_->merges.keys_of(client))
    for (const Source& source : setup_->sources) {
      if (capture::is_fact(source.kind) && !source.by_alias) of_key(source, key, tell);
      if (source.kind == SourceKind::aliases && by_alias)
        of_key(source, key, [&](const Source&, RowReader& reader, const Fact& alias) {
          aliases.insert(reader.name_of(alias, Meaning::alias));
        });
    }
  for (const std::string& alias : aliases) {
    const Holders all = holders(alias);
    if (!all.owner || !setup_->key.equal(*all.owner, client)) continue;
    for (const Source& source : setup_->sources)
      if (source.by_alias) of_name(source, Meaning::client, alias, tell);
  }
}

FactReader::Holders FactReader::holders(const std::string& alias) {
  const pg::Spi spi;
  Holders found;
  for (const Source& source : setup_->sources) {
    if (source.kind != SourceKind::aliases) continue;
    of_name(source, Meaning::alias, alias, [&](const Source&, RowReader&, const Fact& row) {
      const Datum client = setup_->key.copy(row.client, CurrentMemoryContext);
      found.clients.push_back(client);
      if (!found.owner || setup_->key.compare(client, *found.owner) < 0) found.owner = client;
    });
  }
  const auto present = [&](Datum key) { return setup_->key.copy(setup_->merges.present(key), CurrentMemoryContext); };
  for (Datum& client : found.clients) client = present(client);
  if (found.owner) found.owner = present(*found.owner);
  return found;
}

FactReader::Buyers FactReader::buyers(Oid orders, const std::string& id) {
  const pg::Spi spi;
  Buyers found;
  for (const Source& source : setup_->sources) {
    if (source.relation != orders || !source.has_lines) continue;
    of_name(source, Meaning::item_id, id, [&](const Source&, RowReader& reader, const Fact& order) {
      if (source.by_alias)
        found.aliases.push_back(reader.name_of(order, Meaning::client));
      else
        found.clients.push_back(setup_->key.copy(setup_->merges.present(order.client), CurrentMemoryContext));
    });
  }
  return found;
}

}  // namespace winback::ledger
