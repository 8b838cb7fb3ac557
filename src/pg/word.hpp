// A word that functions return again and again: made once, so that returning it takes no memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "pg/prelude.hpp"

namespace winback::pg {

class Word {
 public:
  // At most as long as the longest status.
  explicit Word(std::string_view word) {
    Assert(word.size() <= sizeof(value_.letters));
    SET_VARSIZE(&value_, VARHDRSZ + word.size());
    std::memcpy(value_.letters, word.data(), word.size());
  }
  // As text; it must not outlive the word.
  Datum text() const { return PointerGetDatum(&value_); }

 private:
  struct {
    std::int32_t head;
    char letters[12];
  } value_;
};

}  // namespace winback::pg
