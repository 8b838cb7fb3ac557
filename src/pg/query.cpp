// See query.hpp.
#include "pg/query.hpp"

namespace winback::pg {

namespace {

constexpr long kPortion = 1000;  // rows fetched at once

// A guarded call of SPI, which leaves the context of its connection behind: the caller's comes back.
template <class Body>
auto call_spi(Body body) {
  const InContext stay(CurrentMemoryContext);
  return call(body);
}

}  // namespace

Query::Query(const std::string& sql, const std::vector<Oid>& types) {
  plan_ = call_spi([&]() -> SPIPlanPtr {
    SPIPlanPtr plan = SPI_prepare(sql.c_str(), static_cast<int>(types.size()), const_cast<Oid*>(types.data()));
    if (!plan) elog(ERROR, "could not prepare \"%s\": %s", sql.c_str(), SPI_result_code_string(SPI_result));
    SPI_keepplan(plan);
    return plan;
  });
}

Query::~Query() {
  const InContext stay(CurrentMemoryContext);
  detail::run_ignoring_errors([](void* plan) { SPI_freeplan(static_cast<SPIPlanPtr>(plan)); }, plan_);
}

void Query::read(const std::vector<Datum>& arguments, const Visitor& visit, Snapshot snapshot) const {
  Portal portal = call_spi([&] {
    // A snapshot of its own, newer than the transaction's, that sees this command's changes too: what the server's
    // foreign-key checks do (ri_triggers.c), so that REPEATABLE READ reads what is, not what was.
    CommandCounterIncrement();
    PushActiveSnapshot(snapshot ? snapshot : GetLatestSnapshot());
    Portal opened = SPI_cursor_open(nullptr, plan_, const_cast<Datum*>(arguments.data()), nullptr, true);
    PopActiveSnapshot();
    return opened;
  });
  for (bool more = true; more;) {
    SPITupleTable* table = call_spi([&] {
      CHECK_FOR_INTERRUPTS();
      SPI_cursor_fetch(portal, true, kPortion);
      return SPI_tuptable;
    });
    more = table->numvals == kPortion;
    for (std::uint64_t i = 0; i < table->numvals; ++i)
      if (!visit(table->vals[i], table->tupdesc)) {
        more = false;
        break;
      }
    call_spi([&] { SPI_freetuptable(table); });
  }
  call_spi([&] { SPI_cursor_close(portal); });
}

Datum datum_of(HeapTuple row, TupleDesc description, int column) {
  bool null;
  return call([&] { return SPI_getbinval(row, description, column, &null); });
}

std::string text_of(HeapTuple row, TupleDesc description, int column) {
  const char* text = call([&] { return SPI_getvalue(row, description, column); });
  return text ? text : std::string();
}

}  // namespace winback::pg
