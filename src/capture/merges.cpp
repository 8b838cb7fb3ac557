// See merges.hpp.
#include "capture/merges.hpp"

#include <algorithm>

#include "pg/query.hpp"

namespace winback::capture {

namespace {

// A column of a row, copied.
Datum key_at(HeapTuple row, TupleDesc description, int column, const pg::KeyType& type, MemoryContext memory) {
  return type.copy(pg::datum_of(row, description, column), memory);
}

}  // namespace

void Merges::read() {
  pg::Query("SELECT client_id, into_client FROM winback.merged", {})
      .read({}, [&](HeapTuple row, TupleDesc description) {
        into_.emplace_back(key_at(row, description, 1, type_, memory_), key_at(row, description, 2, type_, memory_));
        return true;
      });
  resolve();
}

// Follows each merge to its end.
void Merges::resolve() {
  const auto by_key = [&](const Merge& a, const Merge& b) { return type_.compare(a.first, b.first) < 0; };
  std::ranges::sort(into_, by_key);
  const std::vector<Merge> direct = into_;
  for (Merge& merge : into_) {
    std::size_t steps = 0;
    while (const Merge* next = find(merge.second)) {
      if (++steps > direct.size()) {
        circular_ = true;
        break;
      }
      merge.second = direct[next - into_.data()].second;
    }
  }
  for (const auto& [key, client] : into_) from_.emplace_back(client, key);
  std::ranges::sort(from_, by_key);
}

const Merges::Merge* Merges::find(Datum key) const {
  const auto found = std::ranges::lower_bound(
      into_, key, [&](Datum a, Datum b) { return type_.compare(a, b) < 0; }, &Merge::first);
  return found != into_.end() && type_.equal(found->first, key) ? &*found : nullptr;
}

Datum Merges::present(Datum key) const {
  if (into_.empty()) return key;
  const Merge* merge = find(key);
  return merge ? merge->second : key;
}

std::vector<Datum> Merges::keys_of(Datum client) const {
  if (into_.empty()) return {client};
  if (is_merged(client)) return {};
  std::vector<Datum> keys = {client};
  auto merge = std::ranges::lower_bound(
      from_, client, [&](Datum a, Datum b) { return type_.compare(a, b) < 0; }, &Merge::first);
  for (; merge != from_.end() && type_.equal(merge->first, client); ++merge) keys.push_back(merge->second);
  return keys;
}

}  // namespace winback::capture
