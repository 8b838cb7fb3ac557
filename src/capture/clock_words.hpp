// Words that a date or time type reads as the present: 'now', 'tomorrow 12:00'. What a row says must mean the same at
// any time.
//
//   such a word stands in                what happens
//   -----------------------------------  ------------------------------------------------------------
//   a literal that is read as a time     the expression is refused
//   a literal that stays text            nothing
//   a text of a row that is read as a    the reading fails, as it does of any text that is no time: the
//     time                                 row is rejected
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/nodes.h"
}

// To be called guarded.
namespace winback::capture {

// How many literals of a raw expression have such a word.
int clock_words_in_raw(Node* raw);
// How many of them are still text after the analysis, and so mean just themselves.
int clock_words_left(Node* analyzed);
// The analyzed expression, made so that a text of the row which has such a word is no time.
Node* without_clock_words(Node* analyzed);

}  // namespace winback::capture
