// See purchase_days.hpp.
#include "report/purchase_days.hpp"

#include <algorithm>
#include <cstring>

#include "capture/frozen.hpp"
#include "ledger/facts.hpp"
#include "pg/identity.hpp"
#include "pg/key_sort.hpp"
#include "pg/money.hpp"

namespace winback::report {

namespace {

// A purchase as it goes through the sort; or that the client is frozen.
struct Record {
  Purchase purchase;
  bool frozen = false;
};

std::string_view bytes_of(const Record& record) { return {reinterpret_cast<const char*>(&record), sizeof record}; }

// Puts the purchases of all clients, and who is frozen, into the sort.
void fill(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
          pg::KeySort& sort) {
  const pg::AsOwner owner(setup->owner);
  ledger::Patience patience = ledger::Patience::endless();
  ledger::FactReader facts(setup, patience);
  facts.show(&progress);
  const pg::OwnContext scratch("winback purchase", CurrentMemoryContext);
  facts.of_everybody([&](const capture::Source& source, capture::RowReader&, const capture::Fact& fact) {
    if (source.kind != capture::SourceKind::orders || fact.at > until) return;
    const pg::InContext in(scratch.get());
    const capture::Value& amount = fact.value(capture::Meaning::amount);
    const Purchase purchase{setup->calendar->local_day(fact.at), amount.null ? 0 : pg::to_double(amount.datum)};
    if (purchase.amount >= 0) sort.put(fact.client, bytes_of({purchase}), {});
    scratch.reset();
  });
  capture::each_frozen(*setup, [&](Datum client) { sort.put(client, bytes_of({{}, true}), {}); });
}

// What a client's purchases come to, one or more of them.
PurchaseDays summed_up(const std::vector<Purchase>& purchases) {
  PurchaseDays sum{1, purchases.front().day, purchases.back().day, 0};
  core::Day before = sum.first;
  for (const Purchase& purchase : purchases) {
    sum.days += purchase.day != before;
    before = purchase.day;
    if (purchase.day != sum.first) sum.repeat_value += purchase.amount;
  }
  return sum;
}

}  // namespace

void each_history(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
                  const std::function<void(Datum, const std::vector<Purchase>&)>& visit) {
  const pg::Spi spi;
  pg::KeySort sort(setup->key);
  fill(setup, until, progress, sort);
  progress.begin(pg::Phase::sorting);
  sort.sort();
  const pg::OwnContext context("winback purchaser", CurrentMemoryContext);
  std::vector<Purchase> purchases;
  bool frozen = false;
  std::optional<Datum> present;
  const auto finish = [&] {
    std::ranges::sort(purchases, {}, &Purchase::day);
    if (!purchases.empty() && !frozen) visit(*present, purchases);
    purchases.clear();
    frozen = false;
  };
  while (sort.next()) {
    pg::check_interrupts();
    if (!present || !setup->key.equal(sort.key(), *present)) {
      finish();
      context.reset();
      present = setup->key.copy(sort.key(), context.get());
    }
    Record record;
    std::memcpy(&record, sort.bytes().data(), sizeof record);
    frozen |= record.frozen;
    if (!record.frozen) purchases.push_back(record.purchase);
  }
  finish();
}

void each_purchaser(const std::shared_ptr<const capture::Setup>& setup, core::Instant until, pg::Progress& progress,
                    const std::function<void(const PurchaseDays&)>& visit) {
  each_history(setup, until, progress,
               [&](Datum, const std::vector<Purchase>& purchases) { visit(summed_up(purchases)); });
}

}  // namespace winback::report
