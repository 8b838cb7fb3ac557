// Draws a time line as SVG: lanes one below the other over one axis of time. It knows of shapes and styles only; what
// they stand for, and in which lane, is said by who gives the marks.
//
//   shape   is                                        styles                               where marks are dense
//   -----   ----------------------------------------  ----------------------------------- -----------------------------
//   band    a coloured stretch, its name within it    prospect active at_risk lost         -
//                                                     written_off
//   bar     a stem as high as its amount, one below   plain                                one bar a week, month ... of
//           the line where that is negative                                                their sum
//   dot     a circle, or one with a letter in it      plain bad good low reached hollow    a box with their number
//                                                     ahead
//   span    a bar from one time to another            done cancelled open                  beyond three rows: likewise
//
// The same input gives the same text. Colours are told apart by the colour-blind (they differ in lightness, and lost is
// striped), and are others where the reader prefers dark.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "picture/local_time.hpp"

namespace winback::picture {

enum class Shape { band, bar, dot, span };
// nullopt: no such shape.
std::optional<Shape> shape_named(std::string_view name);

struct Mark {
  std::string lane;  // its name; marks of one lane follow each other, by time
  Shape shape = Shape::dot;
  std::string style;
  Local from = 0;
  std::optional<Local> until;  // of bands and spans; none: to the end of the picture
  std::string amount;          // of bars: a decimal number
  std::string label;           // within the mark, where there is room
  std::string title;           // the tooltip
};

struct Timeline {
  std::string title;
  std::string subtitle;
  std::string description;  // for who does not see the picture
  Local clock = 0;          // what is later is still to come
  std::vector<Mark> marks;
};

std::string draw(const Timeline& timeline);

}  // namespace winback::picture
