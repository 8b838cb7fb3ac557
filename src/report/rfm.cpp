// The window function rfm(recency, frequency, monetary): the quintile of each among all rows of the partition, 5 for
// the best, equal values sharing the one of the worst of them.
//
//   recency given as          is the better
//   ------------------------  -------------------------------------
//   timestamptz               the later: when the client last bought
//   interval, or a number     the shorter: the time since
//
// A null is not ranked, and has no quintile.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "core/quintile.hpp"
#include "pg/aggregate.hpp"
#include "pg/amount.hpp"
#include "pg/entry.hpp"
#include "pg/memory.hpp"
#include "pg/money.hpp"
#include "pg/text.hpp"
#include "report/partition.hpp"

using namespace winback;

namespace {

// A row: its place in the partition, and a number by which rows are in order, the worst first.
struct Row {
  std::int64_t place;
  __int128 key;
};
using Rows = std::vector<Row>;

// Refuses a number that is none.
[[noreturn]] void refuse(const char* name) {
  throw pg::Error(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, std::string(name) + " must be finite");
}

// A finite number as a whole one in the same order; 0 and -0 are one.
std::int64_t key_of(double number) {
  const auto bits = std::bit_cast<std::int64_t>(number + 0.0);
  return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}

// The rows whose argument is not null; `key_of` makes a key of it. Every other argument is read from the end, where the
// one before it has been left: what of a partition is on disk is not wound back quickly.
template <class KeyOf>
Rows rows_of(report::Partition& partition, std::int64_t rows, int argument, const KeyOf& key_of) {
  Rows found;
  found.reserve(rows);
  for (std::int64_t i = 0; i < rows; ++i) {
    pg::check_interrupts();
    const std::int64_t place = argument % 2 == 0 ? i : rows - 1 - i;
    if (Datum value = 0; partition.argument(argument, place, value)) found.push_back({place, key_of(value)});
  }
  return found;
}

// Those of a number, the greater the better or, with sign -1, the smaller.
Rows rows_by_number(report::Partition& partition, std::int64_t rows, int argument, const char* name, int sign) {
  return rows_of(partition, rows, argument, [&](Datum value) -> __int128 {
    const double number = DatumGetFloat8(value);
    if (!std::isfinite(number)) refuse(name);
    return key_of(sign * number);
  });
}

// Those of money, the greater the better: in whole numbers of the finest scale, which need not be long, else by rank.
Rows rows_by_money(report::Partition& partition, std::int64_t rows, int argument) {
  std::vector<pg::Amount> amounts;
  int scale = 0;
  bool is_whole = true;
  Rows found = rows_of(partition, rows, argument, [&](Datum value) -> __int128 {
    if (!pg::is_finite(value)) refuse("monetary");
    pg::Amount amount = pg::amount_of(value);
    if (amount.numeric != 0) amount.numeric = pg::copy_money(value);
    is_whole = is_whole && amount.numeric == 0;
    scale = std::max(scale, amount.scale);
    amounts.push_back(amount);
    return static_cast<__int128>(amounts.size() - 1);
  });
  constexpr int kFinest = 18;
  if (is_whole && scale <= kFinest) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i].key = amounts[i].units;
      for (int places = amounts[i].scale; places < scale; ++places) found[i].key *= 10;
    }
    return found;
  }
  for (pg::Amount& amount : amounts) amount.numeric = pg::to_numeric(amount);
  const auto numeric = [&](const Row& row) { return amounts[static_cast<std::size_t>(row.key)].numeric; };
  std::ranges::sort(found, [&](const Row& a, const Row& b) {
    pg::check_interrupts();
    return pg::compare(numeric(a), numeric(b)) < 0;
  });
  __int128 rank = 0;
  Datum before = 0;
  for (Row& row : found) {
    const Datum now = numeric(row);
    if (before != 0 && pg::compare(before, now) != 0) ++rank;
    before = now;
    row.key = rank;
  }
  return found;
}

// Writes the quintile of each row to its place, the scores of a row lying side by side.
constexpr int kScores = 3;
void score(Rows rows, char* scores) {
  std::ranges::sort(rows, {}, &Row::key);
  pg::check_interrupts();
  const auto count = static_cast<std::int64_t>(rows.size());
  std::int64_t first = 0;  // of those that equal the present one
  for (std::int64_t i = 0; i < count; ++i) {
    if (rows[i].key != rows[first].key) first = i;
    scores[kScores * rows[i].place] = static_cast<char>(core::quintile(first, count));
  }
}

// Recency as a key, by what it is given as.
enum class Recency { instant, length, number };
Rows rows_by_recency(report::Partition& partition, std::int64_t rows, Recency given) {
  if (given == Recency::number) return rows_by_number(partition, rows, 0, "recency", -1);
  return rows_of(partition, rows, 0, [&](Datum value) -> __int128 {
    if (given == Recency::instant) {
      const TimestampTz at = DatumGetTimestampTz(value);
      if (TIMESTAMP_NOT_FINITE(at)) refuse("recency");
      return at;
    }
    const Interval& length = *DatumGetIntervalP(value);  // a month is 30 days, as when the server compares
    return -(static_cast<__int128>(length.time) +
             (static_cast<__int128>(length.month) * DAYS_PER_MONTH + length.day) * USECS_PER_DAY);
  });
}

// The scores of the present row.
Datum scores_of(FunctionCallInfo fcinfo, Recency given) {
  report::Partition partition(fcinfo, "winback.rfm(recency, frequency, monetary) OVER ()");
  const auto kept = partition.keep(kScores, [&](const report::Partition::Kept& all) {
    const pg::OwnContext scratch("winback rfm", CurrentMemoryContext);
    const pg::InContext in(scratch.get());
    std::fill_n(all.bytes, kScores * all.rows, '\0');
    score(rows_by_recency(partition, all.rows, given), all.bytes);
    score(rows_by_number(partition, all.rows, 1, "frequency", 1), all.bytes + 1);
    score(rows_by_money(partition, all.rows, 2), all.bytes + 2);
  });
  const char* scores = kept.bytes + kScores * kept.place;
  std::array<char, kScores> cell{};
  pg::Values row(kScores + 1);
  for (int i = 0; i < kScores; ++i) {
    cell[i] = static_cast<char>('0' + scores[i]);
    if (scores[i] != 0) row.set(i, Int32GetDatum(scores[i]));
  }
  if (std::ranges::find(cell, '0') == cell.end()) row.set(kScores, pg::text_datum({cell.data(), cell.size()}));
  return pg::composite(fcinfo, row);
}

}  // namespace

WINBACK_FUNCTION(winback_rfm_at) { return scores_of(fcinfo, Recency::instant); }
WINBACK_FUNCTION(winback_rfm_since) { return scores_of(fcinfo, Recency::length); }
WINBACK_FUNCTION(winback_rfm_number) { return scores_of(fcinfo, Recency::number); }
