// A set of client keys that may become large: kept as a list, and sorted and rid of its duplicates each time that it
// has doubled. A million keys that are plain datums take some 16 MB.
#pragma once

#include <memory>
#include <vector>

#include "pg/key.hpp"
#include "pg/memory.hpp"

namespace winback::capture {

class ClientKeys {
 public:
  // `context`: where the keys live that need memory of their own.
  ClientKeys(const pg::KeyType& type, MemoryContext context) : type_(&type), parent_(context) {}

  // Adds a key.
  void add(Datum key);
  // Adds all keys of another set.
  void add(const ClientKeys& others);
  bool empty() const { return keys_.empty(); }
  // The keys in ascending order, one of each.
  const std::vector<Datum>& sorted();

 private:
  // The memory of keys that are not passed by value.
  struct Memory {
    explicit Memory(MemoryContext parent) : context("winback client keys", parent), pieces(context.get()) {}
    pg::OwnContext context;
    pg::Bump pieces;
  };
  void tidy_up();

  static constexpr std::size_t kFirstTidying = 1024;
  const pg::KeyType* type_;
  MemoryContext parent_;
  std::unique_ptr<Memory> memory_;
  std::vector<Datum> keys_;
  std::size_t tidy_at_ = kFirstTidying;
};

}  // namespace winback::capture
