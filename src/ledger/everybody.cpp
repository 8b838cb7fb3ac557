// Reading the facts of all clients. Facts that hang on names are brought together with what is said of these names by
// sorting both by name, so that it takes no memory for them, however many there are, and reads every table once:
//
//   read                          goes
//   ----------------------------  ------------------------------------------------------------------------
//   a plain fact                  to the visitor
//   lines, orders with lines      into a sort by the order's id; from there each order, with its total, as
//                                 any fact to the visitor, or where it is by alias
//   aliases, facts by alias       into a sort by alias; from there each fact, with the alias's client, to the
//                                 visitor; where nobody has the alias, to whom rows that are no facts are told
//
// A row goes through a sort whole, and is read again when it comes out: so the visitor is told of every fact in the
// same way.
#include <map>

#include "capture/parts.hpp"
#include "ledger/facts.hpp"
#include "pg/money.hpp"
#include "pg/sort.hpp"
#include "pg/text.hpp"

extern "C" {
#include "catalog/pg_collation.h"
}

namespace winback::ledger {

namespace {

using capture::Fact;
using capture::Meaning;
using capture::RowReader;
using capture::Source;
using capture::SourceKind;
using capture::Value;

// The columns of a sort by name. What is said of a name comes before what hangs on it: of an order's id the lines, of
// an alias its clients, the least key first.
enum Column { name, rank, client, source, row, amount };
constexpr std::int32_t kSaid = 0;
constexpr std::int32_t kHangs = 1;

// The operator by which values of a type are ordered.
Oid less_of(Oid type) {
  return pg::call([&] { return lookup_type_cache(type, TYPECACHE_LT_OPR)->lt_opr; });
}

// A row that went through a sort, and the reader that made it a fact.
struct Origin {
  const Source* source;
  RowReader* reader;
};

class SortByName {
 public:
  explicit SortByName(const pg::KeyType& key)
      : sort_({{TEXTOID, less_of(TEXTOID), C_COLLATION_OID},
               {INT4OID, less_of(INT4OID)},
               {key.oid(), key.less_operator(), key.collation()},
               {INT4OID},
               {RECORDOID},
               {NUMERICOID}}) {}

  // A client that has the alias.
  void put_client(const std::string& text, Datum key) {
    pg::Values values = row_of(text, kSaid);
    values.set(client, key);
    put(values);
  }
  // What a line of the order amounts to.
  void put_line(const std::string& text, Datum line) {
    pg::Values values = row_of(text, kSaid);
    values.set(amount, line);
    put(values);
  }
  // A fact that hangs on the name; `lines`: what its lines amount to.
  void put_fact(const std::string& text, const Source& from, RowReader& reader, const Value& lines = {}) {
    origins_[from.id] = {&from, &reader};
    pg::Values values = row_of(text, kHangs);
    values.set(source, Int32GetDatum(from.id));
    values.set(row, reader.last_row());
    if (!lines.null) values.set(amount, lines.datum);
    put(values);
  }

  // Called with each fact, the client that its alias is (null: nobody's, or no alias), and an amount: what the lines
  // put with its name come to, or what was put with it.
  using Visitor = std::function<void(const Source&, RowReader&, const Fact&, const Value& owner, const Value& lines)>;
  void each(const pg::KeyType& key, pg::Progress* progress, const Visitor& visit) {
    const pg::OwnContext of_name("winback name", CurrentMemoryContext);
    const pg::OwnContext of_fact("winback fact", CurrentMemoryContext);
    std::string present;
    Value owner, lines;
    if (progress) progress->begin(pg::Phase::sorting);
    sort_.sort();
    if (progress) progress->begin(pg::Phase::matching, rows_);
    for (bool first = true; sort_.next(); first = false) {
      if (progress)
        progress->step();
      else
        pg::check_interrupts();
      std::string text = pg::text_string(sort_.value(name));
      if (first || text != present) {
        present = std::move(text);
        owner = lines = Value();
        of_name.reset();
      }
      if (DatumGetInt32(sort_.value(rank)) == kSaid) {
        if (!sort_.null(client) && owner.null) owner = {key.copy(sort_.value(client), of_name.get()), false};
        if (!sort_.null(amount)) {
          const pg::InContext in(of_name.get());
          const Datum line = sort_.value(amount);
          lines = {lines.null ? pg::copy_money(line) : pg::add(lines.datum, line), false};
        }
        continue;
      }
      const pg::InContext in(of_fact.get());
      const Origin& origin = origins_.at(DatumGetInt32(sort_.value(source)));
      Fact fact;
      std::string reason;
      if (origin.reader->read(sort_.value(row), fact, reason) == capture::Verdict::fact) {
        const Value own = sort_.null(amount) ? Value() : Value{sort_.value(amount), false};
        visit(*origin.source, *origin.reader, fact, owner, own.null ? lines : own);
      }
      of_fact.reset();
    }
  }

 private:
  pg::Values row_of(const std::string& text, std::int32_t kind) const {
    pg::Values values = sort_.row();
    values.set(name, pg::text_datum(text));
    values.set(rank, Int32GetDatum(kind));
    return values;
  }

  // Puts a row into the sort.
  void put(const pg::Values& values) {
    sort_.put(values);
    ++rows_;
  }

  pg::Sort sort_;
  std::int64_t rows_ = 0;
  std::map<int, Origin> origins_;
};

}  // namespace

void FactReader::of_everybody(const Visitor& visit) {
  const pg::Spi spi;
  const pg::KeyType& key = setup_->key;
  std::optional<SortByName> by_alias;
  std::map<Oid, SortByName> by_order;
  if (setup_->finds_by_alias()) by_alias.emplace(key);
  for (const Source& source : setup_->sources)
    if (source.kind == SourceKind::lines) by_order.try_emplace(source.orders, key);

  // A fact of this client.
  const auto tell = [&](const Source& source, RowReader& reader, const Fact& fact, Datum client, const Value& lines) {
    Fact complete = fact;
    complete.client = setup_->merges.present(client);
    complete.merged = !source.by_alias && setup_->merges.is_merged(client);
    add_lines(complete, lines);
    visit(source, reader, complete);
  };
  // A fact whose amount is known.
  const auto pass_on = [&](const Source& source, RowReader& reader, const Fact& fact, const Value& lines) {
    if (source.by_alias)
      by_alias->put_fact(reader.name_of(fact, Meaning::client), source, reader, lines);
    else
      tell(source, reader, fact, fact.client, lines);
  };
  if (progress_) {
    double rows = 0;
    for (const Source& source : setup_->sources)
      for (const Oid part : capture::parts_of(source.relation)) rows += about_rows(part).value_or(0);
    progress_->begin(pg::Phase::reading, rows > 0 ? std::optional(static_cast<std::int64_t>(rows)) : std::nullopt);
  }
  const pg::OwnContext scratch("winback row", CurrentMemoryContext);
  for (const Source& source : setup_->sources)
    all(source, [&](const Source&, RowReader& reader, const Fact& fact) {
      const pg::InContext in(scratch.get());
      if (source.is_plain() && setup_->merges.empty()) {
        visit(source, reader, fact);
      } else if (source.kind == SourceKind::lines) {
        const Value& amount = fact.value(Meaning::amount);
        if (!amount.null) by_order.at(source.orders).put_line(reader.name_of(fact, Meaning::item_id), amount.datum);
      } else if (source.kind == SourceKind::aliases) {
        if (by_alias) by_alias->put_client(reader.name_of(fact, Meaning::alias), fact.client);
      } else if (source.has_lines && !reader.name_of(fact, Meaning::item_id).empty()) {
        by_order.at(source.relation).put_fact(reader.name_of(fact, Meaning::item_id), source, reader);
      } else {
        pass_on(source, reader, fact, {});
      }
      scratch.reset();
    });
  for (auto& [orders, sort] : by_order)
    sort.each(key, progress_, [&](const Source& source, RowReader& reader, const Fact& fact, const Value&,
                                  const Value& lines) { pass_on(source, reader, fact, lines); });
  if (!by_alias) return;
  by_alias->each(key, progress_, [&](const Source& source, RowReader& reader, const Fact& fact,
                                     const Value& owner, const Value& lines) {
    if (owner.null) return tell_other(source, reader);
    tell(source, reader, fact, owner.datum, lines);
  });
}

}  // namespace winback::ledger
