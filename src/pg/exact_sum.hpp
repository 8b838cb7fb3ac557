// An exact sum of money in the state of an aggregate: whole numbers while they fit, the server's numeric beyond.
#pragma once

#include "pg/aggregate.hpp"
#include "pg/amount.hpp"
#include "pg/money.hpp"

namespace winback::pg {

// All zeros: 0. What it needs beyond itself lies in the aggregate's memory.
class ExactSum {
 public:
  void add(const Amount& amount, MemoryContext memory) {
    Amount now = sum(amount_, amount);
    if (now.numeric != 0) now.numeric = copy_money(now.numeric, memory);
    clear();
    amount_ = now;
  }
  void add(const ExactSum& other, MemoryContext memory) { add(other.amount_, memory); }
  // Makes it 0.
  void clear() {
    if (amount_.numeric != 0) call([&] { pfree(DatumGetPointer(amount_.numeric)); });
    amount_ = {};
  }
  // As numeric, in the current context or where it lies.
  Datum numeric() const { return to_numeric(amount_); }

  void write(StateWriter& out) const {
    out.put(amount_);
    if (amount_.numeric != 0) out.put(DatumGetPointer(amount_.numeric), VARSIZE_ANY(DatumGetPointer(amount_.numeric)));
  }
  void read(StateReader& in, MemoryContext memory) {
    amount_ = in.get<Amount>();
    if (amount_.numeric == 0) return;
    const auto head = in.get<std::int32_t>();
    const Size size = VARSIZE(&head);
    auto* copy = static_cast<char*>(call([&] { return MemoryContextAlloc(memory, size); }));
    std::memcpy(copy, &head, sizeof head);
    in.get(copy + sizeof head, size - sizeof head);
    amount_.numeric = PointerGetDatum(copy);
  }

 private:
  Amount amount_;
};

}  // namespace winback::pg
