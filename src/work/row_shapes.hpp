// The rows of the watched tables as they look, while commands change that. winback.rejected lists a row as it looks,
// and whoever mends the row looks for it so.
//
//   what a command does to a column of a watched table     the list of its rejected rows
//   ------------------------------------------------------ ------------------------------------------------
//   RENAME, DROP, ADD without a value                      written anew as the rows look now: a large table
//                                                          need not be read
//   ADD with a value, ALTER TYPE, changes within a type    made from the table
#pragma once

#include <string>
#include <vector>

#include "capture/setup.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace winback::work {

// A column by its number; no name where it has been dropped.
struct ShapeColumn {
  std::string name;
  Oid type;
  std::int32_t modifier;
  bool operator==(const ShapeColumn&) const = default;
};

// The columns of a watched table.
struct RowShape {
  Oid relation;
  std::vector<ShapeColumn> columns;
};

// How rows look before a command, of the tables whose rows it may make look otherwise.
std::vector<RowShape> row_shapes(const capture::Setup& setup, const Node* statement);
// After the command: the list shows rows as they look now.
void follow_shapes(const std::vector<RowShape>& before, const Node* statement);

}  // namespace winback::work
