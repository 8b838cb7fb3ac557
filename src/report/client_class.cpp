// _class(orders, period_revenue, client_id): the client's class against the limits of the last classify().
//
//   class   of a client that
//   null    never bought
//   C       has no positive revenue
//   A       comes no later than the last client of A; or there was no classify() yet
//   B       comes no later than the last client of B
//   C       comes after that
//
// They come in descending order of revenue, then by client_id.
#include "pg/entry.hpp"
#include "pg/money.hpp"
#include "pg/word.hpp"
#include "report/seen.hpp"

using namespace winback;

namespace {

// The last client of a class.
struct Limit {
  bool is_set;
  Datum revenue, client;
};

// What a statement sees of winback.abc_limit.
struct Limits {
  Limit a, b;
};

// Reads the limits into the memory of the call's expression.
Limits* read_limits(MemoryContext memory) {
  enum { kClass, kRevenue, kClient };
  static report::SeenTable table("abc_limit", {"class", "revenue", "client_id"});
  const MemoryContext before = MemoryContextSwitchTo(memory);
  auto* limits = static_cast<Limits*>(palloc0(sizeof(Limits)));
  table.each([&](const report::SeenRow& row) {
    const bool is_a = *VARDATA_ANY(DatumGetPointer(row.value(kClass))) == 'A';
    (is_a ? limits->a : limits->b) = {true, row.copy(kRevenue), row.copy(kClient)};
  });
  MemoryContextSwitchTo(before);
  return limits;
}

// Less than, equal to, or greater than 0 as the client comes before, at or after the limit.
int place(FunctionCallInfo fcinfo, const Limit& limit) {
  const int revenue = DatumGetInt32(DirectFunctionCall2(numeric_cmp, limit.revenue, PG_GETARG_DATUM(1)));
  if (revenue != 0) return revenue;
  TypeCacheEntry* key = lookup_type_cache(get_fn_expr_argtype(fcinfo->flinfo, 2), TYPECACHE_CMP_PROC_FINFO);
  return DatumGetInt32(FunctionCall2Coll(&key->cmp_proc_finfo, PG_GET_COLLATION(), PG_GETARG_DATUM(2), limit.client));
}

// Whether the client's revenue is positive.
bool has_revenue(FunctionCallInfo fcinfo) {
  return DatumGetBool(DirectFunctionCall2(numeric_gt, PG_GETARG_DATUM(1), NumericGetDatum(int64_to_numeric(0))));
}

}  // namespace

WINBACK_FUNCTION(winback_client_class) {
  static const pg::Word a("A"), b("B"), c("C");
  if (PG_GETARG_INT64(0) == 0) PG_RETURN_NULL();
  return pg::call([&] {
    auto*& known = reinterpret_cast<Limits*&>(fcinfo->flinfo->fn_extra);
    if (!known) known = read_limits(fcinfo->flinfo->fn_mcxt);
    // A limit is positive: who comes no later is so too.
    if (!known->a.is_set) return (has_revenue(fcinfo) ? a : c).text();
    if (place(fcinfo, known->a) <= 0) return a.text();
    return (known->b.is_set && place(fcinfo, known->b) <= 0 ? b : c).text();
  });
}
