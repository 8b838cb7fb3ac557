// Reading with SQL: a prepared statement that is run under a given snapshot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pg/memory.hpp"

namespace winback::pg {

// A connection to SPI for a scope. The memory context stays the caller's.
class Spi {
 public:
  Spi() {
    const InContext stay(CurrentMemoryContext);
    call([] { SPI_connect(); });
  }
  ~Spi() {
    const InContext stay(CurrentMemoryContext);
    // When an exception passes, the end of the (sub)transaction closes it.
    if (std::uncaught_exceptions() == 0) detail::run_ignoring_errors([](void*) { SPI_finish(); }, nullptr);
  }
  Spi(const Spi&) = delete;
  Spi& operator=(const Spi&) = delete;
};

// A statement, prepared once and kept until the object goes.
class Query {
 public:
  Query(const std::string& sql, const std::vector<Oid>& types);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Called with each row and its description; false ends the reading.
  using Visitor = std::function<bool(HeapTuple, TupleDesc)>;

  // Reads all rows, as the newest committed state and this transaction's own changes show them, at any isolation
  // level; or as `snapshot` shows them. Needs a Spi. Rows come in portions, so a large table costs no memory.
  void read(const std::vector<Datum>& arguments, const Visitor& visit, Snapshot snapshot = nullptr) const;

 private:
  SPIPlanPtr plan_;
};

// A column of a row, by position from 1; of null there is nothing to be had.
Datum datum_of(HeapTuple row, TupleDesc description, int column);

// A column of a row as text; empty for null.
std::string text_of(HeapTuple row, TupleDesc description, int column);

}  // namespace winback::pg
