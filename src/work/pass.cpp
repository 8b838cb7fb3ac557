// See pass.hpp.
#include "work/pass.hpp"

#include <algorithm>
#include <cstring>

#include "capture/frozen.hpp"
#include "pg/identity.hpp"
#include "pg/key_sort.hpp"
#include "pg/money.hpp"
#include "work/rewrite.hpp"

namespace winback::work {

namespace {

using capture::SourceKind;
using ledger::Item;

// What a row of the sort says besides whose it is: the members of an item. Of orders and calls, of which there are
// most, it is all but the amount.
struct Head {
  core::Instant at = 0;
  std::int32_t source = 0;
  std::int8_t kind = kNoFact;
  std::int8_t event = 0;
  bool has_at : 1 = false;
  bool has_number : 1 = false;  // the number follows
  bool has_texts : 1 = false;   // the texts follow, after the number
  bool contact : 1 = false;
  bool barred : 1 = false;

  static constexpr std::int8_t kNoFact = -1;  // of a client that only has a row
  static constexpr std::int8_t kFrozen = -2;  // of one that cannot be computed
};
static_assert(sizeof(Head) == 16);

// The bytes of a value.
template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
// Those of a number; none where there is none.
std::string_view bytes_of(const capture::Value& number) {
  return number.null ? std::string_view() : pg::varlena_bytes(number.datum);
}

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
  explicit Sorter(const pg::KeyType& key) : sort_(key) {}

  // Puts a client without a fact.
  void put(Datum key) { put(key, Head{}, {}); }
  void put_frozen(Datum key) { put(key, Head{.kind = Head::kFrozen}, {}); }
  // Puts a fact of a client.
  void put(Datum key, const Item& item) {
    Head head{.source = item.source, .kind = static_cast<std::int8_t>(item.kind),
              .event = static_cast<std::int8_t>(item.event), .has_at = item.at.has_value(),
              .has_number = !item.number.null, .contact = item.contact, .barred = item.do_not_contact};
    if (item.at) head.at = *item.at;
    head.has_texts = std::ranges::any_of(item.texts, [](const ledger::Text& text) { return text.has_value(); });
    if (!head.has_texts) return put(key, head, bytes_of(item.number));
    put(key, head, std::string(bytes_of(item.number)) + packed(item.texts));
  }
  // Puts an order of a client.
  void put_order(Datum key, core::Instant placed_at, const capture::Value& amount) {
    put(key, Head{.at = placed_at, .kind = static_cast<std::int8_t>(SourceKind::orders), .has_at = true,
                  .has_number = !amount.null}, bytes_of(amount));
  }

  void sort() { sort_.sort(); }
  // Number of rows that were put.
  std::int64_t rows() const { return rows_; }
  // Goes to the next row; false at the end.
  bool next() { return sort_.next(); }
  // The row's client; it lives until the next row.
  Datum key() const { return sort_.key(); }
  // Whether it says that the client is frozen.
  bool frozen() const { return head().kind == Head::kFrozen; }
  // Adds the row's fact, if it has one, to its client's; what it needs lives in the current context.
  void add_to(ledger::Dossier& dossier) const {
    const Head& head = this->head();
    if (head.kind < 0) return;
    std::string_view rest = sort_.bytes().substr(sizeof head);
    const Datum number = PointerGetDatum(rest.data());
    if (head.kind == static_cast<std::int8_t>(SourceKind::orders)) {
      pg::Amount amount;
      if (head.has_number) amount = pg::amount_of(number);
      if (amount.numeric != 0) amount.numeric = pg::copy_money(amount.numeric);
      return dossier.add_order(head.at, amount);
    }
    Item item;
    item.kind = static_cast<SourceKind>(head.kind);
    item.source = head.source;
    if (head.has_at) item.at = head.at;
    if (head.has_number) {
      item.number = {pg::copy_money(number), false};
      rest.remove_prefix(VARSIZE_ANY(rest.data()));
    }
    item.contact = head.contact;
    item.event = static_cast<ledger::EventKind>(head.event);
    if (head.has_texts) unpack(rest, item.texts);
    item.do_not_contact = head.barred;
    dossier.add(item);
  }

 private:
  void put(Datum key, const Head& head, std::string_view rest) {
    sort_.put(key, bytes_of(head), rest);
    ++rows_;
  }
  const Head& head() const { return *reinterpret_cast<const Head*>(sort_.bytes().data()); }

  pg::KeySort sort_;
  std::int64_t rows_ = 0;
};

// Fills the sort with every fact and every row there is, with the clients of whom there is no more than a task, and
// with every frozen client.
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
  // What is read later is the evidence of tasks: as it is then, and of rows that have been told of already.
  settler.facts().show(nullptr);
  settler.facts().fix(nullptr);
  settler.facts().on_rejected({});
  pg::Query("SELECT client_id FROM winback.client UNION ALL SELECT t.client_id FROM winback.task t"
            " WHERE t.client_id IS DISTINCT FROM NULL AND NOT EXISTS (SELECT FROM winback.client c WHERE c.client_id " +
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
