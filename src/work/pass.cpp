// See pass.hpp.
#include "work/pass.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "capture/frozen.hpp"
#include "pg/identity.hpp"
#include "pg/money.hpp"
#include "pg/sort.hpp"
#include "work/rewrite.hpp"

namespace winback::work {

namespace {

using capture::SourceKind;
using ledger::Item;

// The columns of the sort: the client, then an item's members. Orders and calls, of which there are most, have no texts.
enum Column { client, at, tag, number, texts, kColumns };

// What fits into a number: of which kind an item is and what it says of itself.
struct Tag {
  std::int32_t source = 0;
  std::int8_t kind = kNoFact;
  std::int8_t event = 0;
  bool contact = false;
  bool barred = false;

  static constexpr std::int8_t kNoFact = -1;  // of a client that only has a row
  static constexpr std::int8_t kFrozen = -2;  // of one that cannot be computed
};
static_assert(sizeof(Tag) == sizeof(Datum));

// Texts as one: each with its length before it, or -1 for none.
using Texts = decltype(Item::texts);
std::string packed(const Texts& texts) {
  std::string all;
  for (const ledger::Text& text : texts) {
    const std::int32_t length = text ? static_cast<std::int32_t>(text->size()) : -1;
    all.append(reinterpret_cast<const char*>(&length), sizeof length);
    if (text) all += *text;
  }
  return all;
}

// The texts again.
void unpack(std::string_view all, Texts& texts) {
  for (ledger::Text& text : texts) {
    std::int32_t length;
    std::memcpy(&length, all.data(), sizeof length);
    all.remove_prefix(sizeof length);
    if (length < 0) continue;
    text = all.substr(0, length);
    all.remove_prefix(length);
  }
}

// Facts of all clients, sorted by client.
class Sorter {
 public:
  explicit Sorter(const pg::KeyType& key)
      : sort_({{key.oid(), key.less_operator(), key.collation()},
               {TIMESTAMPTZOID},
               {INT8OID},
               {NUMERICOID},
               {BYTEAOID}}),
        row_(sort_.row()) {}

  // Puts a client without a fact.
  void put(Datum key) {
    begin(key, Tag{});
    put_row();
  }
  void put_frozen(Datum key) {
    begin(key, Tag{.kind = Tag::kFrozen});
    put_row();
  }
  // Puts a fact of a client.
  void put(Datum key, const Item& item) {
    begin(key, Tag{item.source, static_cast<std::int8_t>(item.kind), static_cast<std::int8_t>(item.event),
                   item.contact, item.do_not_contact});
    if (item.at) row_.set(at, TimestampTzGetDatum(*item.at));
    if (!item.number.null) row_.set(number, item.number.datum);
    if (std::ranges::any_of(item.texts, [](const ledger::Text& text) { return text.has_value(); }))
      row_.set(texts, pg::text_datum(packed(item.texts)));
    put_row();
  }
  // Puts an order of a client.
  void put_order(Datum key, core::Instant placed_at, const capture::Value& amount) {
    begin(key, Tag{.kind = static_cast<std::int8_t>(SourceKind::orders)});
    row_.set(at, TimestampTzGetDatum(placed_at));
    if (!amount.null) row_.set(number, amount.datum);
    put_row();
  }

  void sort() { sort_.sort(); }
  // Number of rows that were put.
  std::int64_t rows() const { return rows_; }
  // Goes to the next row; false at the end.
  bool next() { return sort_.next(); }
  // The row's client; it lives until the next row.
  Datum key() const { return sort_.value(client); }
  // Whether it says that the client is frozen.
  bool frozen() const { return std::bit_cast<Tag>(sort_.value(tag)).kind == Tag::kFrozen; }
  // Adds the row's fact, if it has one, to its client's; what it needs lives in the current context.
  void add_to(ledger::Dossier& dossier) const {
    const Tag row_tag = std::bit_cast<Tag>(sort_.value(tag));
    if (row_tag.kind < 0) return;
    capture::Value copy;
    if (!sort_.null(number)) copy = {pg::copy_money(sort_.value(number)), false};
    if (row_tag.kind == static_cast<std::int8_t>(SourceKind::orders))
      return dossier.add_order(DatumGetTimestampTz(sort_.value(at)), copy);
    Item item;
    item.kind = static_cast<SourceKind>(row_tag.kind);
    item.source = row_tag.source;
    if (!sort_.null(at)) item.at = DatumGetTimestampTz(sort_.value(at));
    item.number = copy;
    item.contact = row_tag.contact;
    item.event = static_cast<ledger::EventKind>(row_tag.event);
    if (!sort_.null(texts)) unpack(pg::text_string(sort_.value(texts)), item.texts);
    item.do_not_contact = row_tag.barred;
    dossier.add(item);
  }

 private:
  // Puts the row.
  void put_row() {
    sort_.put(row_);
    ++rows_;
  }
  // Begins a row.
  void begin(Datum key, const Tag& row_tag) {
    for (int column = at; column < kColumns; ++column) row_.clear(column);
    row_.set(client, key);
    row_.set(tag, std::bit_cast<Datum>(row_tag));
  }

  pg::Sort sort_;
  std::int64_t rows_ = 0;
  pg::Values row_;
};

// Fills the sort with every fact and every row there is, with the clients of whom there is no more than a task, and with
// every frozen client.
void fill(Settler& settler, Sorter& sorter, pg::Progress& progress, const std::vector<Datum>* only) {
  const auto is_asked_for = [&](Datum client) { return !only || settler.setup().key.contains(*only, client); };
  const pg::OwnContext scratch("winback pass", CurrentMemoryContext);
  settler.facts().show(&progress);
  settler.facts().of_everybody(
      [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
        if (!is_asked_for(fact.client)) return;
        const pg::InContext in(scratch.get());
        if (source.kind == SourceKind::orders)
          sorter.put_order(fact.client, fact.at, fact.value(capture::Meaning::amount));
        else
          sorter.put(fact.client, ledger::item_of(settler.setup(), source, reader, fact));
        if (sorter.rows() % 1000 == 0) scratch.reset();
      });
  settler.facts().show(nullptr);
  pg::Query("SELECT client_id FROM winback.client UNION ALL SELECT t.client_id FROM winback.task t"
            " WHERE t.client_id IS NOT NULL AND NOT EXISTS (SELECT FROM winback.client c WHERE c.client_id " +
                settler.setup().key.equals() + " t.client_id)",
            {})
      .read({}, [&](HeapTuple row, TupleDesc description) {
        bool null;
        const Datum client = pg::call([&] { return SPI_getbinval(row, description, 1, &null); });
        if (is_asked_for(client)) sorter.put(client);
        return true;
      });
  capture::each_frozen(settler.setup(), [&](Datum client) {
    if (is_asked_for(client)) sorter.put_frozen(client);
  });
}

}  // namespace

void each_dossier(Settler& settler, pg::Progress& progress, pg::Phase phase,
                  const std::function<void(Datum, ledger::Dossier&)>& visit, const std::vector<Datum>* only) {
  const pg::Spi spi;
  Sorter sorter(settler.setup().key);
  {
    const pg::AsOwner owner(settler.setup().owner);
    fill(settler, sorter, progress, only);
  }
  progress.begin(pg::Phase::sorting);
  sorter.sort();
  progress.begin(phase, sorter.rows());
  const pg::OwnContext context("winback client", CurrentMemoryContext);
  std::optional<ledger::Dossier> dossier;
  Datum present = 0;
  bool frozen = false;
  const auto finish = [&] {
    if (!dossier) return;
    const pg::InContext in(context.get());
    if (!frozen) visit(present, *dossier);
    frozen = false;
    dossier.reset();
    context.reset();
  };
  while (sorter.next()) {
    progress.step();
    if (!dossier || !settler.setup().key.equal(sorter.key(), present)) {
      finish();
      present = settler.setup().key.copy(sorter.key(), context.get());
      const pg::InContext in(context.get());
      dossier.emplace(settler.setup(), present);
    }
    const pg::InContext in(context.get());
    sorter.add_to(*dossier);
    frozen |= sorter.frozen();
  }
  finish();
}

std::int64_t rebuild(Settler& settler, pg::Progress& progress, bool all_evidence) {
  std::int64_t clients = 0;
  Rewrite rewrite(settler, all_evidence);
  each_dossier(settler, progress, pg::Phase::writing, [&](Datum client, ledger::Dossier& dossier) {
    rewrite.take(client, dossier);
    ++clients;
  });
  progress.begin(pg::Phase::indexing);
  rewrite.finish();
  return clients;
}

}  // namespace winback::work
