// Which clients have been merged into which (winback.merged). Every fact of a merged client belongs to the one that it
// was merged into; and where that was merged in its turn, to that one.
//
//   a, b -> c, c -> d     present(a) = present(b) = present(c) = present(d) = d
//                         keys_of(d) = d, a, b, c; keys_of(a) = keys_of(c) = none: they have no facts of their own
#pragma once

#include <utility>
#include <vector>

#include "pg/key.hpp"

namespace winback::capture {

class Merges {
 public:
  // `memory`: where the keys are kept.
  Merges(const pg::KeyType& type, MemoryContext memory) : type_(type), memory_(memory) {}

  // Reads all merges from winback.merged, as committed now. Needs a Spi.
  void read();

  bool empty() const { return into_.empty(); }
  // Whether they lead round in a circle: then clients have no end that their facts could belong to.
  bool circular() const { return circular_; }
  bool is_merged(Datum key) const { return find(key) != nullptr; }
  // The client that the facts of this key belong to.
  Datum present(Datum key) const;
  // All keys whose facts belong to this client, its own first; none if it is merged itself.
  std::vector<Datum> keys_of(Datum client) const;

 private:
  // A client and the one that it was merged into.
  using Merge = std::pair<Datum, Datum>;
  const Merge* find(Datum key) const;
  void resolve();

  const pg::KeyType& type_;
  MemoryContext memory_;
  std::vector<Merge> into_;   // by key: the client that its facts belong to
  std::vector<Merge> from_;   // by client: the keys that were merged into it
  bool circular_ = false;
};

}  // namespace winback::capture
