// Memory contexts as scopes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "pg/guard.hpp"

extern "C" {
#include "utils/datum.h"
}

namespace winback::pg {

// Makes a context current for a scope.
class InContext {
 public:
  explicit InContext(MemoryContext context) : before_(MemoryContextSwitchTo(context)) {}
  ~InContext() { MemoryContextSwitchTo(before_); }
  InContext(const InContext&) = delete;
  InContext& operator=(const InContext&) = delete;

 private:
  MemoryContext before_;
};

// A context that is deleted with its scope.
class OwnContext {
 public:
  OwnContext(const char* name, MemoryContext parent)
      : context_(call([&] { return AllocSetContextCreateInternal(parent, name, ALLOCSET_DEFAULT_SIZES); })) {}
  ~OwnContext() { MemoryContextDelete(context_); }
  OwnContext(const OwnContext&) = delete;
  OwnContext& operator=(const OwnContext&) = delete;

  MemoryContext get() const { return context_; }
  void reset() const { MemoryContextReset(context_); }

 private:
  MemoryContext context_;
};

// Memory for many small pieces that go together, without the head that the server puts before each.
class Bump {
 public:
  explicit Bump(MemoryContext context) : context_(context) {}

  // A piece of memory, aligned for any datum.
  void* take(Size size) {
    size = MAXALIGN(size);
    if (size > left_) {
      left_ = std::max(size, next_block_);
      next_block_ = std::min(2 * next_block_, kLargestBlock);
      block_ = static_cast<char*>(call([&] { return MemoryContextAllocHuge(context_, left_); }));
      taken_ += left_;
    }
    void* const piece = block_;
    block_ += size;
    left_ -= size;
    return piece;
  }
  // How many bytes have been taken from the server.
  Size taken() const { return taken_; }

 private:
  static constexpr Size kLargestBlock = 1 << 20;
  MemoryContext context_;
  char* block_ = nullptr;
  Size left_ = 0;
  Size next_block_ = 1 << 10;
  Size taken_ = 0;
};

// The bytes of a value of a type without a fixed length: as they stand in a row, but not compressed or elsewhere.
inline std::string_view varlena_bytes(Datum value) {
  const char* bytes = DatumGetPointer(value);
  if (VARATT_IS_EXTERNAL(bytes) || VARATT_IS_COMPRESSED(bytes))
    bytes = reinterpret_cast<const char*>(call([&] { return PG_DETOAST_DATUM(value); }));
  return {bytes, VARSIZE_ANY(bytes)};
}

// A copy of a value of a type of this length (pg_type.typlen) that is passed by reference: whole, with a full head, as
// functions want it, where a row has it short, compressed or elsewhere.
inline Datum copy_flat(Datum value, std::int16_t length, Bump& memory) {
  const auto* from = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  if (length == -1 && VARATT_IS_SHORT(from)) {
    const Size size = VARSIZE_SHORT(from) - VARHDRSZ_SHORT + VARHDRSZ;
    auto* copy = static_cast<varlena*>(memory.take(size));
    SET_VARSIZE(copy, size);
    std::memcpy(VARDATA(copy), VARDATA_SHORT(from), size - VARHDRSZ);
    return PointerGetDatum(copy);
  }
  if (length == -1 && VARATT_IS_EXTENDED(from)) from = call([&] { return PG_DETOAST_DATUM(value); });
  const Size size = length == -1 ? VARSIZE(from) : datumGetSize(value, false, length);
  return PointerGetDatum(std::memcpy(memory.take(size), from, size));
}

}  // namespace winback::pg
