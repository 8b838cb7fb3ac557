// What the functions of an aggregate have in common. A state that is `internal` is plain data in the aggregate's
// memory, so that nothing needs to be destroyed.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "pg/table.hpp"

namespace winback::pg {

// The memory in which the state of the calling aggregate lives; an Error if none calls.
inline MemoryContext aggregate_memory(FunctionCallInfo fcinfo) {
  MemoryContext memory = nullptr;
  if (AggCheckCallContext(fcinfo, &memory) == 0)
    throw Error(ERRCODE_FEATURE_NOT_SUPPORTED, "a function of an aggregate was called by none");
  return memory;
}

// A state, all zeros.
template <class State>
State* new_state(MemoryContext memory) {
  static_assert(std::is_trivially_copyable_v<State>);
  return static_cast<State*>(call([&] { return MemoryContextAllocZero(memory, sizeof(State)); }));
}

// A transition that changes nothing returns its state as it is.
inline Datum unchanged(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

// A state that is an argument; null: there is none yet.
template <class State>
State* state_argument(FunctionCallInfo fcinfo, int number) {
  return PG_ARGISNULL(number) ? nullptr : reinterpret_cast<State*>(PG_GETARG_POINTER(number));
}

// A row of the composite type that the function returns; what there is to know of the type is kept with its expression.
inline Datum composite(FunctionCallInfo fcinfo, Values& row) {
  return call([&] {
    auto*& type = reinterpret_cast<TupleDesc&>(fcinfo->flinfo->fn_extra);
    if (!type) {
      const MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
      TupleDesc found = nullptr;
      if (get_call_result_type(fcinfo, nullptr, &found) != TYPEFUNC_COMPOSITE) elog(ERROR, "a row type is missing");
      type = BlessTupleDesc(found);
      MemoryContextSwitchTo(before);
    }
    return HeapTupleGetDatum(heap_form_tuple(type, row.values.data(), reinterpret_cast<bool*>(row.nulls.data())));
  });
}

// A state on its way from one process of the server to another, as bytea: written ...
class StateWriter {
 public:
  template <class Data>
  void put(const Data& data) {
    static_assert(std::is_trivially_copyable_v<Data>);
    put(&data, sizeof data);
  }
  void put(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  Datum bytea() const {
    return call([&] {
      return PointerGetDatum(cstring_to_text_with_len(bytes_.data(), static_cast<int>(bytes_.size())));
    });
  }

 private:
  std::string bytes_;
};

// ... and read.
class StateReader {
 public:
  explicit StateReader(Datum bytea) {
    const auto* value = reinterpret_cast<const varlena*>(call([&] { return PG_DETOAST_DATUM_PACKED(bytea); }));
    left_ = {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
  }
  template <class Data>
  Data get() {
    Data data;
    get(&data, sizeof data);
    return data;
  }
  void get(void* data, std::size_t size) {
    std::memcpy(data, left_.data(), size);
    left_.remove_prefix(size);
  }

 private:
  std::string_view left_;
};

}  // namespace winback::pg
