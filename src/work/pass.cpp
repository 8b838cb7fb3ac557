// See pass.hpp.
#include "work/pass.hpp"

#include "capture/frozen.hpp"
#include "pg/identity.hpp"
#include "pg/money.hpp"

extern "C" {
#include "access/tupdesc.h"
#include "utils/tuplesort.h"
}

namespace winback::work {

namespace {

using capture::SourceKind;
using ledger::Item;

// The columns of the sort: the client, then an item's members.
enum Column {
  client, kind, source, at, amount, contact, event, value, text1, text2, text3, text4, text5, barred, kColumns
};
constexpr TimestampTz kTellEvery = 5 * USECS_PER_SEC;  // between two words on the progress
constexpr std::int32_t kNoFact = -1;  // kind of a client that only has a row
constexpr std::int32_t kFrozen = -2;  // of one that cannot be computed

// Facts of all clients, sorted by client.
class Sorter {
 public:
  explicit Sorter(const pg::KeyType& key) {
    pg::call([&] {
      const Oid types[kColumns] = {key.oid(), INT4OID, INT4OID, TIMESTAMPTZOID, NUMERICOID, BOOLOID, INT4OID,
                                   FLOAT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID};
      description_ = CreateTemplateTupleDesc(kColumns);
      for (int i = 0; i < kColumns; ++i) TupleDescInitEntry(description_, i + 1, nullptr, types[i], -1, 0);
      AttrNumber columns[] = {1};
      Oid operators[] = {key.less_operator()};
      Oid collations[] = {key.collation()};
      bool nulls_first[] = {false};
      sort_ = tuplesort_begin_heap(description_, 1, columns, operators, collations, nulls_first, work_mem, nullptr,
                                   TUPLESORT_NONE);
      slot_ = MakeSingleTupleTableSlot(description_, &TTSOpsMinimalTuple);
      input_ = MakeSingleTupleTableSlot(description_, &TTSOpsVirtual);
    });
  }
  ~Sorter() {
    if (std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction gives it back
    pg::detail::run_ignoring_errors(
        [](void* arg) {
          auto* self = static_cast<Sorter*>(arg);
          tuplesort_end(self->sort_);
          ExecDropSingleTupleTableSlot(self->slot_);
          ExecDropSingleTupleTableSlot(self->input_);
        },
        this);
  }

  // Puts a client without a fact.
  void put(Datum key) { put_row(key, kNoFact, nullptr); }
  // Puts a client that is not to be visited.
  void put_frozen(Datum key) { put_row(key, kFrozen, nullptr); }
  // Puts a fact of a client.
  void put(Datum key, const Item& item) { put_row(key, static_cast<std::int32_t>(item.kind), &item); }

  void sort() {
    pg::call([&] { tuplesort_performsort(sort_); });
  }
  // Goes to the next row; false at the end.
  bool next() {
    return pg::call([&] {
      const bool more = tuplesort_gettupleslot(sort_, true, false, slot_, nullptr);
      if (more) slot_getallattrs(slot_);
      return more;
    });
  }
  // The row's client; it lives until the next row.
  Datum key() const { return slot_->tts_values[client]; }
  // Whether the row says that the client is not to be visited.
  bool frozen() const { return DatumGetInt32(slot_->tts_values[kind]) == kFrozen; }
  // The row's fact, if it has one, in the current context.
  std::optional<Item> item() const {
    const std::int32_t item_kind = DatumGetInt32(slot_->tts_values[kind]);
    if (item_kind < 0) return std::nullopt;
    return read(static_cast<SourceKind>(item_kind));
  }

 private:
  void put_row(Datum key, std::int32_t item_kind, const Item* item) {
    pg::Values row(kColumns);
    row.set(client, key);
    row.set(kind, Int32GetDatum(item_kind));
    if (item) {
      row.set(source, Int32GetDatum(item->source));
      if (item->at) row.set(at, TimestampTzGetDatum(*item->at));
      if (!item->amount.null) row.set(amount, item->amount.datum);
      row.set(contact, BoolGetDatum(item->contact));
      row.set(event, Int32GetDatum(static_cast<std::int32_t>(item->event)));
      if (item->has_value) row.set(value, Float8GetDatum(item->value));
      for (int i = 0; i < 5; ++i)
        if (item->texts[i]) row.set(text1 + i, pg::text_datum(*item->texts[i]));
      row.set(barred, BoolGetDatum(item->do_not_contact));
    }
    pg::call([&] {
      ExecClearTuple(input_);
      for (int i = 0; i < kColumns; ++i) {
        input_->tts_values[i] = row.values[i];
        input_->tts_isnull[i] = row.nulls[i];
      }
      ExecStoreVirtualTuple(input_);
      tuplesort_puttupleslot(sort_, input_);
    });
  }

  Item read(SourceKind item_kind) const {
    const Datum* values = slot_->tts_values;
    const bool* nulls = slot_->tts_isnull;
    Item item;
    item.kind = item_kind;
    item.source = DatumGetInt32(values[source]);
    if (!nulls[at]) item.at = DatumGetTimestampTz(values[at]);
    if (!nulls[amount]) item.amount = {pg::copy_money(values[amount]), false};
    item.contact = DatumGetBool(values[contact]);
    item.event = static_cast<ledger::EventKind>(DatumGetInt32(values[event]));
    item.has_value = !nulls[value];
    if (item.has_value) item.value = DatumGetFloat8(values[value]);
    for (int i = 0; i < 5; ++i)
      if (!nulls[text1 + i]) item.texts[i] = pg::text_string(values[text1 + i]);
    item.do_not_contact = DatumGetBool(values[barred]);
    return item;
  }

  TupleDesc description_;
  Tuplesortstate* sort_;
  TupleTableSlot* slot_;
  TupleTableSlot* input_;
};

// Fills the sort with every fact and every row there is, and with every frozen client.
void fill(Settler& settler, Sorter& sorter) {
  const pg::OwnContext scratch("winback pass", CurrentMemoryContext);
  std::uint64_t read = 0;
  TimestampTz told_at = GetCurrentTimestamp();
  const auto tidy_up = [&] {
    if (++read % 1000 != 0) return;
    scratch.reset();
    const TimestampTz now = GetCurrentTimestamp();
    if (now - told_at < kTellEvery) return;
    told_at = now;
    pg::call([&] { ereport(NOTICE, (errmsg("winback has read %llu rows", static_cast<unsigned long long>(read)))); });
  };
  settler.facts().of_everybody(
      [&](const capture::Source& source, capture::RowReader& reader, const capture::Fact& fact) {
        const pg::InContext in(scratch.get());
        sorter.put(fact.client, ledger::item_of(settler.setup(), source, reader, fact));
        tidy_up();
      });
  pg::Query(std::string("SELECT client_id FROM winback.client"), {})
      .read({}, [&](HeapTuple row, TupleDesc description) {
        bool null;
        sorter.put(pg::call([&] { return SPI_getbinval(row, description, 1, &null); }));
        return true;
      });
  capture::each_frozen(settler.setup(), [&](Datum client) { sorter.put_frozen(client); });
}

}  // namespace

void each_dossier(Settler& settler, const std::function<void(Datum, ledger::Dossier&)>& visit) {
  const pg::Spi spi;
  Sorter sorter(settler.setup().key);
  {
    const pg::AsOwner owner(settler.setup().owner);
    fill(settler, sorter);
  }
  sorter.sort();
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
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
  };
  while (sorter.next()) {
    if (!dossier || !settler.setup().key.equal(sorter.key(), present)) {
      finish();
      present = settler.setup().key.copy(sorter.key(), context.get());
      const pg::InContext in(context.get());
      dossier.emplace(settler.setup(), present);
    }
    const pg::InContext in(context.get());
    if (const auto item = sorter.item()) dossier->add(*item);
    frozen |= sorter.frozen();
  }
  finish();
}

std::int64_t rebuild(Settler& settler, bool all_evidence) {
  std::int64_t clients = 0;
  each_dossier(settler, [&](Datum client, ledger::Dossier& dossier) {
    settler.replace(dossier, client, all_evidence);
    ++clients;
  });
  return clients;
}

}  // namespace winback::work
