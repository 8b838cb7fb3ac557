// _draw_life(client, title, subtitle, description, clock): winback._life_marks(client), drawn.
#include <algorithm>

#include "pg/entry.hpp"
#include "pg/query.hpp"
#include "pg/text.hpp"
#include "picture/timeline.hpp"

using namespace winback;

namespace {

// No mark stands farther off: a date mistyped by ages is at the edge, and lengths of time stay countable.
constexpr picture::Local kFarthest = 100'000 * 365 * picture::kDay;

// A timestamp of a row; nullopt for null.
std::optional<picture::Local> time_of(HeapTuple row, TupleDesc description, int column) {
  bool null = false;
  const Datum value = pg::call([&] { return SPI_getbinval(row, description, column, &null); });
  if (null) return std::nullopt;
  return std::clamp<picture::Local>(DatumGetTimestamp(value), -kFarthest, kFarthest);
}

// A row of _life_marks.
picture::Mark mark_of(HeapTuple row, TupleDesc description) {
  enum { kLane = 1, kShape, kStyle, kBegan, kEnded, kAmount, kLabel, kTitle };
  picture::Mark mark;
  mark.lane = pg::text_of(row, description, kLane);
  mark.shape = picture::shape_named(pg::text_of(row, description, kShape)).value();
  mark.style = pg::text_of(row, description, kStyle);
  mark.from = time_of(row, description, kBegan).value();
  mark.until = time_of(row, description, kEnded);
  mark.amount = pg::text_of(row, description, kAmount);
  mark.label = pg::text_of(row, description, kLabel);
  mark.title = pg::text_of(row, description, kTitle);
  return mark;
}

}  // namespace

WINBACK_FUNCTION(winback_draw_life) {
  picture::Timeline timeline;
  timeline.title = pg::text_argument(fcinfo, 1);
  timeline.subtitle = pg::text_argument(fcinfo, 2);
  timeline.description = pg::text_argument(fcinfo, 3);
  timeline.clock = std::clamp<picture::Local>(PG_GETARG_TIMESTAMP(4), -kFarthest, kFarthest);
  {
    const pg::Spi spi;
    const pg::Query marks("SELECT lane, shape, style, began, ended, amount, label, title FROM winback._life_marks($1)",
                          {TEXTOID});
    marks.read(
        {PG_GETARG_DATUM(0)},
        [&](HeapTuple row, TupleDesc description) {
          timeline.marks.push_back(mark_of(row, description));
          return true;
        },
        pg::call([] { return GetActiveSnapshot(); }));
  }
  PG_RETURN_DATUM(pg::text_datum(picture::draw(timeline)));
}
