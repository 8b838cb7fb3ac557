// See own_triggers.hpp.
#include "work/own_triggers.hpp"

#include <algorithm>

#include "capture/parts.hpp"
#include "pg/catalog.hpp"
#include "pg/entry.hpp"
#include "pg/query.hpp"
#include "work/command.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "commands/tablecmds.h"
}

namespace winback::work {

void drop_own_row_triggers(const capture::Setup& setup, const AlterTableStmt* attach, RangeVar* part) {
  const Oid whole_now = named(attach->relation), part_now = named(part);
  if (!OidIsValid(whole_now) || !OidIsValid(part_now)) return;
  const auto wholes = capture::wholes_of(whole_now);
  const auto watched = [&](auto which) {
    return std::ranges::any_of(setup.sources, which, &capture::Source::relation);
  };
  if (!watched([&](Oid relation) { return wholes.contains(relation); }) ||
      !watched([&](Oid relation) { return capture::wholes_of(relation).contains(part_now); }))
    return;
  // The command checks rights and takes locks only later: the same, in the same order, are checked and taken here.
  const Oid locked = pg::call([&] {
    auto* const statement = const_cast<AlterTableStmt*>(attach);
    (void)AlterTableLookupRelation(statement, AlterTableGetLockLevel(statement->cmds));
    const Oid relation =
        RangeVarGetRelidExtended(part, AccessExclusiveLock, RVR_MISSING_OK, RangeVarCallbackOwnsRelation, nullptr);
    if (OidIsValid(relation)) (void)find_all_inheritors(relation, AccessExclusiveLock, nullptr);
    return relation;
  });
  if (OidIsValid(locked)) run("SELECT winback._drop_own_row_triggers($1)", {REGCLASSOID}, {ObjectIdGetDatum(locked)});
}

}  // namespace winback::work

using namespace winback;

// _drop_trigger(relation regclass, name name): drops it with the rights of the caller, and nobody is warned. Whoever
// looked for it may have seen what was there before somebody else took it away, or the table.
WINBACK_FUNCTION(winback_drop_trigger) {
  const work::AtWork at_work;
  const std::string table = pg::qualified_name(PG_GETARG_OID(0));
  if (table.empty()) PG_RETURN_VOID();
  const char* const name = pg::call([&] { return quote_identifier(NameStr(*PG_GETARG_NAME(1))); });
  const std::string command = std::string("DROP TRIGGER IF EXISTS ") + name + " ON " + table;
  const pg::Spi spi;
  pg::call([&] { SPI_execute(command.c_str(), false, 0); });
  PG_RETURN_VOID();
}
