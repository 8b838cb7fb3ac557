// See seen.hpp.
#include "report/seen.hpp"

extern "C" {
#include "utils/inval.h"
}

namespace winback::report {

// Relcache callback: the table may be gone, or another one have its name. Must not throw.
void SeenTable::forget(Datum self, Oid relation) {
  auto* table = reinterpret_cast<SeenTable*>(DatumGetPointer(self));
  if (!OidIsValid(relation) || relation == table->oid_) table->oid_ = InvalidOid;
}

// Opens it.
Relation SeenTable::open() {
  if (!hooked_) CacheRegisterRelcacheCallback(forget, PointerGetDatum(this));
  hooked_ = true;
  const Oid schema = OidIsValid(oid_) ? InvalidOid : get_namespace_oid("winback", false);
  const Oid oid = OidIsValid(oid_) ? oid_ : get_relname_relid(name_, schema);
  if (!OidIsValid(oid)) elog(ERROR, "winback.%s is missing", name_);
  Relation relation = table_open(oid, AccessShareLock);
  // What others have done to it has been heard of by now, and nobody changes it while it is locked.
  if (!OidIsValid(oid_)) {
    for (int i = 0; i < kMostColumns && columns_[i]; ++i)
      numbers_[i] = SPI_fnumber(RelationGetDescr(relation), columns_[i]);
    oid_ = oid;
  }
  return relation;
}

}  // namespace winback::report
