// The window function abc(numeric): classes by share of the total, as the ledger's own.
//
//   class   while the share of the total before the row, in descending order of the value, is
//   A       under policy.abc_a
//   B       under policy.abc_b
//   C       from there on; and every row whose value is not positive
//   null    its value is null
//
// Ties go by the order of the window, so with ORDER BY revenue DESC, client_id classes are those of classify(), which
// itself asks only for the rows that A and B end with: _abc_end(numeric).
//
// Values are compared and added up as whole numbers of one scale where all of them fit, else as the server's numeric.
#include <algorithm>
#include <vector>

#include "pg/amount.hpp"
#include "pg/entry.hpp"
#include "pg/memory.hpp"
#include "pg/money.hpp"
#include "pg/progress.hpp"
#include "pg/word.hpp"
#include "report/partition.hpp"
#include "report/seen.hpp"

using namespace winback;

namespace {

// The shares at which A and B end.
struct Limits {
  pg::Amount a{80, 2, 0}, b{95, 2, 0};
};

// A table of the ledger; not valid where there is none.
Oid ledger_table(const char* name) {
  return pg::call([&] {
    const Oid schema = get_namespace_oid("winback", true);
    return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
  });
}

// The policy's limits, or the shipped ones where there is no ledger.
Limits limits() {
  static report::SeenTable policy("policy", {"abc_a", "abc_b"});
  if (!OidIsValid(ledger_table("policy"))) return {};
  struct Found {
    Datum a, b;
  };
  const auto found = pg::call([&] {
    Found both{};
    policy.each([&](const report::SeenRow& row) { both = {row.copy(0), row.copy(1)}; });
    return both;
  });
  return {pg::amount_of(found.a), pg::amount_of(found.b)};
}

// A row with a positive value: its place in the partition, and the value.
struct Row {
  std::int64_t place;
  pg::Amount value;
};

// 10 to this power.
constexpr __int128 power_of_ten(int places) {
  __int128 power = 1;
  while (places-- > 0) power *= 10;
  return power;
}

// Values as whole numbers of the scale of the finest of them; false if one does not fit.
bool to_whole(std::vector<Row>& rows) {
  constexpr int kFinest = 18;
  int scale = 0;
  for (const Row& row : rows) {
    if (row.value.numeric != 0) return false;
    scale = std::max(scale, row.value.scale);
  }
  if (scale > kFinest) return false;
  for (Row& row : rows) {
    const auto factor = static_cast<std::int64_t>(power_of_ten(scale - row.value.scale));
    pg::Amount same{0, scale, 0};
    if (__builtin_mul_overflow(row.value.units, factor, &same.units)) return false;
    row.value = same;
  }
  return true;
}

// Whether a share can be compared with in whole numbers: a total of 2^31 values is less than 2^94 then.
bool is_short(const pg::Amount& share) { return share.numeric == 0 && share.scale <= 9; }

// The letters of rows that are whole numbers; `factor` makes the shares of their total whole ones, too.
void classify_whole(std::vector<Row>& rows, const Limits& shares, char* classes) {
  const auto value = [](const Row& row) { return row.value.units; };
  if (!std::ranges::is_sorted(rows, std::ranges::greater(), value))
    std::ranges::stable_sort(rows, std::ranges::greater(), value);
  pg::check_interrupts();
  const int scale = std::max(shares.a.scale, shares.b.scale);
  const __int128 factor = power_of_ten(scale);
  __int128 total = 0, before = 0;
  for (const Row& row : rows) total += row.value.units;
  const __int128 a_ends = total * shares.a.units * power_of_ten(scale - shares.a.scale);
  const __int128 b_ends = total * shares.b.units * power_of_ten(scale - shares.b.scale);
  for (const Row& row : rows) {
    if (before < a_ends)
      classes[row.place] = 'A';
    else if (before < b_ends)
      classes[row.place] = 'B';
    before += factor * row.value.units;
  }
}

// The letters of rows of any value.
void classify_numeric(std::vector<Row>& rows, const Limits& shares, char* classes) {
  for (Row& row : rows) row.value.numeric = pg::to_numeric(row.value);
  const auto descending = [](const Row& x, const Row& y) {
    pg::check_interrupts();
    return pg::compare(x.value.numeric, y.value.numeric) > 0;
  };
  if (!std::ranges::is_sorted(rows, descending)) std::ranges::stable_sort(rows, descending);
  Datum total = pg::money_of(0), before = total;
  for (const Row& row : rows) total = pg::add(total, row.value.numeric);
  const auto of_total = [&](const pg::Amount& share) {
    const Datum numeric = pg::to_numeric(share);
    return pg::call([&] { return DirectFunctionCall2(numeric_mul, numeric, total); });
  };
  const Datum a_ends = of_total(shares.a), b_ends = of_total(shares.b);
  for (const Row& row : rows) {
    if (pg::compare(before, a_ends) < 0)
      classes[row.place] = 'A';
    else if (pg::compare(before, b_ends) < 0)
      classes[row.place] = 'B';
    before = pg::add(before, row.value.numeric);
  }
}

constexpr char kNone = 0;  // instead of a letter

// Classifies the whole partition, one letter a row.
void classify(report::Partition& partition, const report::Partition::Kept& kept) {
  const pg::OwnContext scratch("winback abc", CurrentMemoryContext);
  const pg::InContext in(scratch.get());
  pg::Progress progress(pg::Work::classify, ledger_table("client"), true);
  progress.begin(pg::Phase::ranking, kept.rows);
  std::vector<Row> positive;
  for (std::int64_t i = 0; i < kept.rows; ++i) {
    progress.step();
    kept.bytes[i] = kNone;
    Datum value = 0;
    if (!partition.argument(0, i, value)) continue;
    kept.bytes[i] = 'C';
    if (!pg::is_finite(value))
      throw pg::Error(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "the value of winback.abc must be finite");
    pg::Amount amount = pg::amount_of(value);
    if (pg::is_negative(amount) || (amount.numeric == 0 && amount.units == 0)) continue;
    if (amount.numeric != 0) amount.numeric = pg::copy_money(value);
    positive.push_back({i, amount});
  }
  const Limits shares = limits();
  if (is_short(shares.a) && is_short(shares.b) && to_whole(positive))
    classify_whole(positive, shares, kept.bytes);
  else
    classify_numeric(positive, shares, kept.bytes);
}

report::Partition::Kept classes_of(FunctionCallInfo fcinfo) {
  report::Partition partition(fcinfo, "winback.abc(revenue) OVER ()");
  return partition.keep(1, [&](const report::Partition::Kept& kept) { classify(partition, kept); });
}

// A letter as text.
Datum text_of(char letter) {
  static const pg::Word a("A"), b("B"), c("C");
  return (letter == 'A' ? a : letter == 'B' ? b : c).text();
}

}  // namespace

WINBACK_FUNCTION(winback_abc) {
  const auto classes = classes_of(fcinfo);
  const char letter = classes.bytes[classes.place];
  if (letter == kNone) PG_RETURN_NULL();
  return text_of(letter);
}

WINBACK_FUNCTION(winback_abc_end) {
  const auto classes = classes_of(fcinfo);
  const char* letter = &classes.bytes[classes.place];
  const bool is_last = classes.place + 1 == classes.rows || letter[1] != *letter;
  if ((*letter == 'A' || *letter == 'B') && is_last) return text_of(*letter);
  PG_RETURN_NULL();
}
