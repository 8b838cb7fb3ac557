// The window function abc(numeric): classes by share of the total, as the ledger's own.
//
//   class   while the share of the total before the row, in descending order of the value, is
//   A       under policy.abc_a
//   B       under policy.abc_b
//   C       from there on; and every row whose value is null or not positive
//
// Ties go by the order of the window, so with ORDER BY revenue DESC, client_id classes are those of classify(), which
// itself asks only for the rows that A and B end with: _abc_end(numeric).
#include <algorithm>
#include <vector>

#include "capture/setup.hpp"
#include "pg/entry.hpp"
#include "pg/identity.hpp"
#include "pg/money.hpp"
#include "pg/progress.hpp"
#include "pg/query.hpp"

extern "C" {
#include "windowapi.h"
}

using namespace winback;

namespace {

// The shares at which A and B end.
struct Limits {
  Datum a, b;
};

// The policy's limits, or the shipped ones where there is no ledger.
Limits limits() {
  const MemoryContext context = CurrentMemoryContext;
  const auto numeric = [](const char* text) {
    return pg::call([&] {
      return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
    });
  };
  Limits found{numeric("0.80"), numeric("0.95")};
  const auto setup = capture::setup();
  if (!setup) return found;
  const pg::Spi spi;
  const pg::AsOwner owner(setup->owner);
  pg::Query("SELECT abc_a, abc_b FROM winback.policy", {}).read({}, [&](HeapTuple row, TupleDesc description) {
    const auto limit = [&](int column) {
      return pg::copy_money(pg::datum_of(row, description, column), context);
    };
    found = {limit(1), limit(2)};
    return true;
  });
  return found;
}

// One row of the partition: its place in it, and its value.
struct Row {
  std::int64_t place;
  Datum value;
};

// Classifies the whole partition into `classes`, one letter a row.
void classify(WindowObject window, std::int64_t rows, char* classes) {
  const pg::OwnContext scratch("winback abc", CurrentMemoryContext);
  const pg::InContext in(scratch.get());
  const Datum zero = pg::money_of(0);
  const auto setup = capture::setup();
  pg::Progress progress(pg::Work::classify, setup ? setup->tables.client : InvalidOid, true);
  progress.begin(pg::Phase::ranking, rows);
  std::vector<Row> positive;
  Datum total = zero;
  for (std::int64_t i = 0; i < rows; ++i) {
    progress.step();
    classes[i] = 'C';
    bool null = true, outside = false;
    const Datum value = pg::call([&] {
      return WinGetFuncArgInPartition(window, 0, static_cast<int>(i), WINDOW_SEEK_HEAD, false, &null, &outside);
    });
    if (null || pg::compare(value, zero) <= 0) continue;
    positive.push_back({i, pg::copy_money(value)});
    total = pg::add(total, value);
  }
  const auto descending = [](const Row& x, const Row& y) {
    pg::check_interrupts();
    return pg::compare(x.value, y.value) > 0;
  };
  if (!std::ranges::is_sorted(positive, descending)) std::ranges::stable_sort(positive, descending);
  const Limits shares = limits();
  const auto of_total = [&](Datum share) {
    return pg::call([&] { return DirectFunctionCall2(numeric_mul, share, total); });
  };
  const Datum a_ends = of_total(shares.a);
  const Datum b_ends = of_total(shares.b);
  Datum before = zero;
  for (const Row& row : positive) {
    if (pg::compare(before, a_ends) < 0)
      classes[row.place] = 'A';
    else if (pg::compare(before, b_ends) < 0)
      classes[row.place] = 'B';
    before = pg::add(before, row.value);
  }
}

// The classes of the partition, one letter a row, made at its first row.
struct Classes {
  const char* letters;
  std::int64_t rows;
  std::int64_t place;  // of the present row
};
Classes classes_of(WindowObject window) {
  if (!WindowObjectIsValid(window))
    throw pg::Error(ERRCODE_WRONG_OBJECT_TYPE, "winback.abc must be called as a window function", {},
                    "Write winback.abc(revenue) OVER ().");
  const std::int64_t rows = pg::call([&] { return WinGetPartitionRowCount(window); });
  struct Memory {
    bool done;
    char classes[FLEXIBLE_ARRAY_MEMBER];
  };
  auto* memory = static_cast<Memory*>(
      pg::call([&] { return WinGetPartitionLocalMemory(window, offsetof(Memory, classes) + rows); }));
  if (!memory->done) {
    classify(window, rows, memory->classes);
    memory->done = true;
  }
  return {memory->classes, rows, pg::call([&] { return WinGetCurrentPosition(window); })};
}

// A letter as text.
Datum text_of(const char* letter) {
  return pg::call([&] { return PointerGetDatum(cstring_to_text_with_len(letter, 1)); });
}

}  // namespace

WINBACK_FUNCTION(winback_abc) {
  const Classes classes = classes_of(PG_WINDOW_OBJECT());
  return text_of(&classes.letters[classes.place]);
}

WINBACK_FUNCTION(winback_abc_end) {
  const Classes classes = classes_of(PG_WINDOW_OBJECT());
  const char* letter = &classes.letters[classes.place];
  const bool is_last = classes.place + 1 == classes.rows || letter[1] != *letter;
  if (*letter != 'C' && is_last) return text_of(letter);
  PG_RETURN_NULL();
}
