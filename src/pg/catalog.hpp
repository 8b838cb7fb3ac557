// What the catalog calls relations. Another session may drop one at any moment that is not locked: then its name is
// empty.
#pragma once

#include <string>

#include "pg/guard.hpp"

namespace winback::pg {

// Its name.
inline std::string relation_name(Oid relation) {
  const char* const name = call([&] { return get_rel_name(relation); });
  return name ? name : "";
}

// Its name with that of its schema, as SQL writes it.
inline std::string qualified_name(Oid relation) {
  const char* const name = call([&]() -> const char* {
    const char* const table = get_rel_name(relation);
    const char* const schema = table ? get_namespace_name(get_rel_namespace(relation)) : nullptr;
    return schema ? quote_qualified_identifier(schema, table) : nullptr;
  });
  return name ? name : "";
}

// Whether it is there.
inline bool exists(Oid relation) { return !relation_name(relation).empty(); }

}  // namespace winback::pg
