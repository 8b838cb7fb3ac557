// All rows of the partition of a window function, which are worked out at its first row.
#pragma once

#include <string>

#include "pg/guard.hpp"

extern "C" {
#include "windowapi.h"
}

namespace winback::report {

class Partition {
 public:
  // An Error if the function was called as another one; `usage`: how it is to be called.
  Partition(FunctionCallInfo fcinfo, const char* usage) : window_(PG_WINDOW_OBJECT()) {
    if (!WindowObjectIsValid(window_))
      throw pg::Error(ERRCODE_WRONG_OBJECT_TYPE, "this is a window function", {}, std::string("Write ") + usage + ".");
  }

  // What is kept of the partition: so many bytes a row, filled by `work` at the first one.
  struct Kept {
    char* bytes;
    std::int64_t rows;
    std::int64_t place;  // of the present row
  };
  template <class Work>
  Kept keep(int bytes_a_row, const Work& work) {
    struct Memory {
      bool done;
      char bytes[FLEXIBLE_ARRAY_MEMBER];
    };
    Memory* memory = nullptr;
    const Kept kept = pg::call([&] {
      const std::int64_t rows = WinGetPartitionRowCount(window_);
      memory = static_cast<Memory*>(
          WinGetPartitionLocalMemory(window_, offsetof(Memory, bytes) + bytes_a_row * rows));
      return Kept{memory->bytes, rows, WinGetCurrentPosition(window_)};
    });
    if (!memory->done) work(kept);
    memory->done = true;
    return kept;
  }

  // An argument of the row at a place; false: it is null. What it refers to lives until the next call.
  bool argument(int number, std::int64_t place, Datum& value) {
    return pg::call([&] {
      bool null = true, outside = false;
      value = WinGetFuncArgInPartition(window_, number, static_cast<int>(place), WINDOW_SEEK_HEAD, false, &null,
                                       &outside);
      return !null;
    });
  }

 private:
  WindowObject window_;
};

}  // namespace winback::report
