// See clock_words.hpp.
#include "capture/clock_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "pg/walker.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace winback::capture {

namespace {

constexpr std::array<std::string_view, 4> kClockWords = {"now", "today", "tomorrow", "yesterday"};

// The same for the server, where a text of a row has one, and what comes in its place: nothing reads that as a time.
constexpr const char* kPattern = "(^|[^[:alpha:]])(now|today|tomorrow|yesterday)($|[^[:alpha:]])";
constexpr const char* kInstead = "\\1\\2 is no time of a row\\3";

// Whether a literal has one of the words that mean the present: 'now', 'tomorrow 12:00'.
bool has_clock_word(std::string_view text) {
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  for (auto from = std::ranges::find_if(text, is_letter); from != text.end();) {
    const auto to = std::find_if_not(from, text.end(), is_letter);
    std::string word(from, to);
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::ranges::find(kClockWords, word) != kClockWords.end()) return true;
    from = std::find_if(to, text.end(), is_letter);
  }
  return false;
}

// Counts the literals of a raw expression that have such a word.
bool count_raw_clock_words(Node* node, void* arg) {
  if (!node) return false;
  if (IsA(node, A_Const) && !reinterpret_cast<A_Const*>(node)->isnull &&
      nodeTag(&reinterpret_cast<A_Const*>(node)->val) == T_String &&
      has_clock_word(strVal(&reinterpret_cast<A_Const*>(node)->val)))
    ++*static_cast<int*>(arg);
  return raw_expression_tree_walker(node, pg::as_walker(count_raw_clock_words), arg);
}

// Whether a node reads a time from what another type writes.
bool is_read_as_time(Node* node) {
  return IsA(node, CoerceViaIO) &&
         TypeCategory(getBaseType(reinterpret_cast<CoerceViaIO*>(node)->resulttype)) == TYPCATEGORY_DATETIME;
}

// Counts those that are still text after analysis, and so mean just themselves; but not those that are read as a time.
bool count_text_clock_words(Node* node, void* arg) {
  if (!node) return false;
  if (is_read_as_time(node)) return false;
  if (IsA(node, Const)) {
    const auto* constant = reinterpret_cast<Const*>(node);
    const bool is_text = constant->consttype == TEXTOID || constant->consttype == VARCHAROID ||
                      constant->consttype == BPCHAROID || constant->consttype == UNKNOWNOID;
    if (is_text && !constant->constisnull) {
      const char* value = constant->consttype == UNKNOWNOID ? DatumGetCString(constant->constvalue)
                                                            : TextDatumGetCString(constant->constvalue);
      if (has_clock_word(value)) ++*static_cast<int*>(arg);
    }
    return false;
  }
  return expression_tree_walker(node, pg::as_walker(count_text_clock_words), arg);
}

// A text as a constant.
Expr* text_constant(const char* text) {
  return reinterpret_cast<Expr*>(
      makeConst(TEXTOID, -1, C_COLLATION_OID, -1, PointerGetDatum(cstring_to_text(text)), false, false));
}

// Has every text that is read as a time go through the pattern.
Node* guard(Node* node, void* arg) {
  if (!node) return nullptr;
  Node* copy = expression_tree_mutator(node, pg::as_mutator(guard), arg);
  if (!is_read_as_time(copy)) return copy;
  auto* cast = reinterpret_cast<CoerceViaIO*>(copy);
  Node* written = reinterpret_cast<Node*>(cast->arg);
  const Oid type = exprType(written);
  if (TypeCategory(getBaseType(type)) != TYPCATEGORY_STRING) return copy;
  Node* text = coerce_to_target_type(nullptr, written, type, TEXTOID, -1, COERCION_EXPLICIT, COERCE_IMPLICIT_CAST, -1);
  cast->arg = reinterpret_cast<Expr*>(
      makeFuncExpr(F_REGEXP_REPLACE_TEXT_TEXT_TEXT_TEXT, TEXTOID,
                   list_make4(text, text_constant(kPattern), text_constant(kInstead), text_constant("i")), InvalidOid,
                   C_COLLATION_OID, COERCE_EXPLICIT_CALL));
  return copy;
}

}  // namespace

int clock_words_in_raw(Node* raw) {
  int words = 0;
  (void)count_raw_clock_words(raw, &words);
  return words;
}

int clock_words_left(Node* analyzed) {
  int words = 0;
  (void)count_text_clock_words(analyzed, &words);
  return words;
}

Node* without_clock_words(Node* analyzed) { return guard(analyzed, nullptr); }

}  // namespace winback::capture
