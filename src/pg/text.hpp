// Text between C++ and the server. Datums live in the memory context that is current.
#pragma once

#include <string>
#include <string_view>

#include "pg/guard.hpp"

namespace winback::pg {

// A string as text.
inline Datum text_datum(std::string_view text) {
  return call([&] { return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size()))); });
}
// Text as a string.
inline std::string text_string(Datum value) {
  const auto* given = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  if (!VARATT_IS_EXTENDED(given) || VARATT_IS_SHORT(given)) return {VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)};
  return call([&] { return TextDatumGetCString(value); });
}
// An argument of a function that is text; an Error if it is null.
inline std::string text_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number))
    throw Error(ERRCODE_NULL_VALUE_NOT_ALLOWED, "argument " + std::to_string(number + 1) + " must not be null");
  return text_string(PG_GETARG_DATUM(number));
}

}  // namespace winback::pg
