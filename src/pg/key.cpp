// See key.hpp.
#include "pg/key.hpp"

#include <cstdint>

extern "C" {
#include "access/detoast.h"
#include "catalog/pg_operator.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"
}

namespace winback::pg {

KeyType::KeyType(Oid type, MemoryContext context) : oid_(type), collation_(get_typcollation(type)) {
  const TypeCacheEntry* entry = call([&] {
    return lookup_type_cache(type, TYPECACHE_CMP_PROC | TYPECACHE_HASH_PROC | TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR);
  });
  if (!OidIsValid(entry->cmp_proc) || !OidIsValid(entry->hash_proc) || !OidIsValid(entry->lt_opr)) {
    const char* type_name = call([&] { return format_type_be(type); });
    throw Error(ERRCODE_UNDEFINED_FUNCTION, "type " + std::string(type_name) + " cannot be a client key",
                "A client key needs a default btree and a default hash operator class.",
                "Give an expression of another type, for example with a cast to text.");
  }
  less_ = entry->lt_opr;
  length_ = entry->typlen;
  by_value_ = entry->typbyval;
  is_integer_ = entry->cmp_proc == F_BTINT2CMP || entry->cmp_proc == F_BTINT4CMP || entry->cmp_proc == F_BTINT8CMP;
  call([&] {
    bool varlena;
    getTypeOutputInfo(type, &out_, &varlena);
    getTypeInputInfo(type, &in_, &in_param_);
    fmgr_info_cxt(entry->hash_proc, &hash_, context);
    sort_ = {};
    sort_.ssup_cxt = context;
    sort_.ssup_collation = collation_;
    PrepareSortSupportFromOrderingOp(less_, &sort_);
  });
}

void KeyType::sort_unique(std::vector<Datum>& keys) const {
  sort(keys, [](Datum key) { return key; }, [](Datum, Datum) { return false; });
  call([&] {
    const auto end = std::unique(keys.begin(), keys.end(), [&](Datum a, Datum b) { return order(a, b) == 0; });
    keys.resize(end - keys.begin());
  });
}

bool KeyType::contains(const std::vector<Datum>& keys, Datum key) const {
  return call([&] {
    return std::binary_search(keys.begin(), keys.end(), key, [&](Datum a, Datum b) { return order(a, b) < 0; });
  });
}

std::uint32_t KeyType::hash(Datum value) const {
  return call([&] { return DatumGetUInt32(FunctionCall1Coll(&hash_, collation_, value)); });
}

Size KeyType::size(Datum value) const {
  return length_ == -1 ? toast_raw_datum_size(value) - VARHDRSZ : datumGetSize(value, by_value_, length_);
}

std::string_view KeyType::bytes(Datum value) const {
  if (by_value_) return {};
  if (length_ == -1) return varlena_bytes(value);
  return {DatumGetPointer(value), datumGetSize(value, false, length_)};
}

Datum KeyType::copy(Datum value, MemoryContext context) const {
  if (by_value_) return value;
  return call([&] {
    const MemoryContext before = MemoryContextSwitchTo(context);
    // A toasted value must not outlive its row: copy it whole.
    const Datum whole =
        length_ == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(value)) : datumCopy(value, false, length_);
    MemoryContextSwitchTo(before);
    return whole;
  });
}

std::string KeyType::to_text(Datum value) const {
  return call([&] { return OidOutputFunctionCall(out_, value); });
}

Datum KeyType::from_text(const char* text) const {
  return call([&] { return OidInputFunctionCall(in_, const_cast<char*>(text), in_param_, -1); });
}

std::string KeyType::name() const {
  return call([&] { return format_type_extended(oid_, -1, FORMAT_TYPE_FORCE_QUALIFY); });
}

std::string KeyType::equals() const { return equality_of(oid_); }

std::string equality_of(Oid type) {
  return pg::call([&] {
    const Oid equal_operator = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
    HeapTuple row = SearchSysCache1(OPEROID, ObjectIdGetDatum(equal_operator));
    if (!HeapTupleIsValid(row)) elog(ERROR, "cache lookup failed for operator %u", equal_operator);
    const auto* equal = reinterpret_cast<Form_pg_operator>(GETSTRUCT(row));
    const char* const schema = get_namespace_name(equal->oprnamespace);
    if (!schema) elog(ERROR, "cache lookup failed for namespace %u", equal->oprnamespace);
    const char* sql = psprintf("OPERATOR(%s.%s)", quote_identifier(schema), NameStr(equal->oprname));
    ReleaseSysCache(row);
    return sql;
  });
}

}  // namespace winback::pg
