// See utility.hpp.
//
//   command                                 before it                     after its commit
//   --------------------------------------  ----------------------------  --------------------------------
//   DROP DATABASE d                         d's worker goes, is held off  databases are listed again
//   ALTER DATABASE d RENAME TO              d's worker goes, is held off  databases are listed again
//   ALTER DATABASE d SET TABLESPACE, ...    d's worker goes, is held off  databases are listed again
//   CREATE DATABASE e TEMPLATE d            d's worker goes, is held off  databases are listed again: one more
//   CREATE or DROP EXTENSION winback                                      this database is looked at
//   COMMIT PREPARED                                                       the same, if it has a ledger
//
// The server waits 5 seconds for other sessions to leave a database before it refuses such a command; a worker that is
// asked leaves at its next CHECK_FOR_INTERRUPTS. How DROP EXTENSION and a sweep get past each other: see worker.cpp.
#include "clock/utility.hpp"

#include <cstring>

#include "clock/commit.hpp"
#include "clock/shared.hpp"

extern "C" {
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "tcop/utility.h"
#include "utils/acl.h"
}

namespace winback::clock {

namespace {

ProcessUtility_hook_type next_hook = nullptr;

// True for a role that may have the command carried out: nobody else stops a worker by a command that is refused.
bool owns(Oid database) {
#if PG_VERSION_NUM >= 160000
  return object_ownercheck(DatabaseRelationId, database, GetUserId());
#else
  return pg_database_ownercheck(database, GetUserId());
#endif
}

// A command is about to need this database to itself.
void hold(const char* name) {
  if (!name) return;
  const Oid database = get_database_oid(name, true);
  if (OidIsValid(database) && owns(database)) hold_until_end(database);
}

// The database that CREATE DATABASE copies; null if the command does not say.
const char* template_of(const CreatedbStmt* statement) {
  ListCell* cell;
  foreach (cell, statement->options) {
    auto* option = static_cast<DefElem*>(lfirst(cell));
    if (std::strcmp(option->defname, "template") == 0 && option->arg) return defGetString(option);
  }
  return nullptr;
}

// True if DROP EXTENSION names this one.
bool drops_winback(const DropStmt* statement) {
  if (statement->removeType != OBJECT_EXTENSION) return false;
  ListCell* cell;
  foreach (cell, statement->objects)
    if (std::strcmp(strVal(lfirst(cell)), "winback") == 0) return true;
  return false;
}

// Notes what the command means for the launcher; errors of the command itself are left to the server.
void note_command(Node* statement) {
  switch (nodeTag(statement)) {
    case T_DropdbStmt:
      hold(reinterpret_cast<DropdbStmt*>(statement)->dbname);
      list_after_commit();
      break;
    case T_RenameStmt: {
      const auto* rename = reinterpret_cast<RenameStmt*>(statement);
      if (rename->renameType != OBJECT_DATABASE) break;
      hold(rename->subname);
      list_after_commit();
      break;
    }
    case T_AlterDatabaseStmt:
      hold(reinterpret_cast<AlterDatabaseStmt*>(statement)->dbname);
      list_after_commit();
      break;
    case T_CreatedbStmt:
      hold(template_of(reinterpret_cast<CreatedbStmt*>(statement)));
      list_after_commit();
      break;
    case T_CreateExtensionStmt:
      if (std::strcmp(reinterpret_cast<CreateExtensionStmt*>(statement)->extname, "winback") == 0)
        look_after_commit(false);
      break;
    case T_DropStmt:
      if (drops_winback(reinterpret_cast<DropStmt*>(statement))) look_after_commit(false);
      break;
    case T_TransactionStmt:
      if (reinterpret_cast<TransactionStmt*>(statement)->kind == TRANS_STMT_COMMIT_PREPARED) look_after_commit(true);
      break;
    default:
      break;
  }
}

// The hook: plain C, so that an error of the command may jump over it; what was held is given back at the end of the
// transaction.
void process_utility(PlannedStmt* statement, const char* text, bool read_only_tree, ProcessUtilityContext context,
                     ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* destination,
                     QueryCompletion* completion) {
  if (shared) note_command(statement->utilityStmt);
  const ProcessUtility_hook_type next = next_hook ? next_hook : standard_ProcessUtility;
  next(statement, text, read_only_tree, context, parameters, environment, destination, completion);
}

}  // namespace

void watch_commands() {
  next_hook = ProcessUtility_hook;
  ProcessUtility_hook = process_utility;
}

}  // namespace winback::clock
