// An external sort of records by a client key. A record is plain bytes, so putting and taking it is a copy; the
// server's own sort would make a row of it each time.
//
//   while records are put    they lie in memory; whenever work_mem is full of them, they are sorted and written to a
//                            temporary file, as one more run
//   then                     the runs are read along, a block of each at a time, and merged; without a file, what lies
//                            in memory is gone through
//
// The blocks fill work_mem again, or take 8 kB each where there are very many.
#pragma once

#include <string_view>
#include <vector>

#include "pg/key.hpp"

extern "C" {
#include "storage/buffile.h"
}

namespace winback::pg {

class KeySort {
 public:
  explicit KeySort(const KeyType& key);
  ~KeySort();
  KeySort(const KeySort&) = delete;
  KeySort& operator=(const KeySort&) = delete;

  // Puts a record: its key, and two pieces of bytes that come one after the other.
  void put(Datum key, std::string_view first, std::string_view second);
  // To be called once, after the last put().
  void sort();
  // Goes to the next record; false at the end.
  bool next();
  // The present record; it lives until the next one. The bytes are aligned for any datum.
  Datum key() const { return key_of(present_); }
  std::string_view bytes() const;

 private:
  // The head of a record. A key that is passed by reference follows, then the bytes; both are padded to be aligned.
  struct Record {
    std::uint32_t size;   // of all of it
    std::uint32_t bytes;  // of the bytes alone
    Datum key;            // if it is passed by value
  };
  // A record in memory, with its key at hand.
  struct Place {
    Datum key;
    const Record* record;
  };
  // Records in the file that are sorted, and the block of them that is in memory.
  struct Run {
    std::int64_t next, end;   // in the file: what is to be read
    std::vector<char> block;
    Size at, filled;          // in the block: the next record, and the end
    const Record* record;     // the first that has not been taken
  };

  Datum key_of(const Record* record) const {
    return type_.by_value() ? record->key : PointerGetDatum(record + 1);
  }
  // The order of the heap.
  auto after() const {
    return [this](const Run* a, const Run* b) { return type_.compare(key_of(b->record), key_of(a->record)) < 0; };
  }
  void sort_memory();
  void write_run();
  bool advance(Run& run);
  void fill(Run& run, Size wanted);

  const KeyType& type_;
  MemoryContext context_;  // the one that was current at the beginning
  OwnContext memory_;      // of the records
  Bump records_;
  std::vector<Place> places_;
  std::size_t gone_through_ = 0;  // places whose record has been taken
  BufFile* file_ = nullptr;
  std::int64_t written_ = 0;
  std::vector<Run> runs_;
  std::vector<Run*> heap_;  // of those that have records left; the one with the least key comes first
  const Record* present_ = nullptr;
};

}  // namespace winback::pg
