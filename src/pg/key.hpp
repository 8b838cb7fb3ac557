// The type of the client keys, whatever type the CRM chose: how to compare, hash, copy and print its values.
#pragma once

#include <algorithm>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "pg/memory.hpp"

extern "C" {
#include "utils/sortsupport.h"
}

namespace winback::pg {

class KeyType {
 public:
  // Looks the type up; an Error if it has no btree or hash operator class. Its memory belongs to `context`.
  KeyType(Oid type, MemoryContext context);

  Oid oid() const { return oid_; }
  Oid collation() const { return collation_; }
  Oid less_operator() const { return less_; }
  int compare(Datum a, Datum b) const {
    if (is_integer_) return (static_cast<std::int64_t>(a) > static_cast<std::int64_t>(b)) -
                            (static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b));
    return call([&] { return order(a, b); });
  }
  bool equal(Datum a, Datum b) const { return (by_value_ && a == b) || compare(a, b) == 0; }
  // What compare() says, for code that is guarded as a whole.
  int order(Datum a, Datum b) const { return sort_.comparator(a, b, &sort_); }
  // Sorts plain data whose keys `key_of` tells, and at equal keys by `then`.
  template <class Element, class KeyOf, class Then>
  void sort(std::vector<Element>& elements, KeyOf key_of, Then then) const {
    const auto in_order = [&](const Element& a, const Element& b) {
      const int order_of_keys = order(key_of(a), key_of(b));
      return order_of_keys != 0 ? order_of_keys < 0 : then(a, b);
    };
    if (!is_integer_) return call([&] { std::sort(elements.begin(), elements.end(), in_order); });
    const auto number = [&](const Element& element) { return static_cast<std::int64_t>(key_of(element)); };
    boost::sort::spreadsort::integer_sort(
        elements.begin(), elements.end(), [&](const Element& a, unsigned shift) { return number(a) >> shift; },
        [&](const Element& a, const Element& b) {
          return number(a) != number(b) ? number(a) < number(b) : then(a, b);
        });
  }
  // Whether a key is among keys in ascending order.
  bool contains(const std::vector<Datum>& keys, Datum key) const;
  // Sorts keys and leaves one of each.
  void sort_unique(std::vector<Datum>& keys) const;
  std::uint32_t hash(Datum value) const;
  // How many bytes a value takes, uncompressed. May raise a server error.
  Size size(Datum value) const;
  // A copy in the given context.
  Datum copy(Datum value, MemoryContext context) const;
  // Many copies, closely packed; what is passed by value needs no memory.
  Datum copy(Datum value, Bump& memory) const { return by_value_ ? value : copy_flat(value, length_, memory); }
  bool by_value() const { return by_value_; }
  // The bytes of a value that is passed by reference, uncompressed; none of what is passed by value.
  std::string_view bytes(Datum value) const;
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
  std::int16_t length_;
  bool by_value_;
  bool is_integer_;  // ordered as its datum is, as a signed number
  Oid out_, in_, in_param_;
  mutable SortSupportData sort_;
  mutable FmgrInfo hash_;
};

// The equality operator of a type that has a btree operator class, likewise ready to stand in SQL.
std::string equality_of(Oid type);

}  // namespace winback::pg
