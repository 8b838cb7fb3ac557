// Whether a table can still be watched as it is.
#pragma once

#include "capture/setup.hpp"

namespace winback::capture {

// An Error if an expression of the source cannot be used with this table, its own or another in its place.
void check_expressions(const Setup& setup, const Source& source, Relation relation);

}  // namespace winback::capture
