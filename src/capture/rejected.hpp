// winback.rejected: the rows that cannot be facts. Written as they come: the list has no unique index, so nobody
// waits for it, and a rollback takes its rows with it.
#pragma once

#include <string>

#include "capture/setup.hpp"

namespace winback::capture {

// Lists a row (jsonb) of a table.
void list_rejected(const Setup& setup, Oid source, Datum row, const std::string& reason);
// Takes one row that looks like this off the list.
void unlist_rejected(const Setup& setup, Oid source, Datum row);
// Takes all rows of a table off the list.
void unlist_all_rejected(const Setup& setup, Oid source);

}  // namespace winback::capture
