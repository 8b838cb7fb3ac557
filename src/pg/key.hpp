// The type of the client keys, whatever type the CRM chose: how to compare, hash, copy and print its values.
#pragma once

#include <string>

#include "pg/guard.hpp"

namespace winback::pg {

class KeyType {
 public:
  // Looks the type up; an Error if it has no btree or hash operator class. Its memory belongs to `context`.
  KeyType(Oid type, MemoryContext context);

  Oid oid() const { return oid_; }
  Oid collation() const { return collation_; }
  Oid less_operator() const { return less_; }
  int compare(Datum a, Datum b) const;
  bool equal(Datum a, Datum b) const { return compare(a, b) == 0; }
  std::uint32_t hash(Datum value) const;
  // How many bytes a value takes, uncompressed. May raise a server error.
  Size size(Datum value) const;
  // A copy in the given context.
  Datum copy(Datum value, MemoryContext context) const;
  std::string to_text(Datum value) const;
  // The value that a literal denotes, in the current context.
  Datum from_text(const char* text) const;
  // The type's qualified name.
  std::string name() const;
  // The operator that compares two values of the type for equality, ready to stand in SQL: a pinned search path would
  // not lead to that of a type which an extension brings.
  std::string equals() const;

 private:
  Oid oid_;
  Oid collation_;
  Oid less_;
  Oid equal_;
  std::int16_t length_;
  bool by_value_;
  Oid out_, in_, in_param_;
  mutable FmgrInfo compare_;
  mutable FmgrInfo hash_;
};

}  // namespace winback::pg
