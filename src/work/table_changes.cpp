// What commands on tables mean for the watches: event triggers before and after a command, and a look at each table
// right before it is dropped.
//
//   command                                what is done after it
//   -------------------------------------  ------------------------------------------------------------------------
//   RENAME of anything, SET SCHEMA         expressions that no longer mean what they meant are spelled anew
//   DROP COLUMN that an expression uses    refused, naming the watch
//   ALTER COLUMN TYPE                      refused where the expression no longer yields what it must; else everybody
//                                          is computed afresh if an expression uses the column
//   DROP FUNCTION, TYPE ... likewise       refused
//   what a row of a table looks like       its rejected rows are listed so (row_shapes.hpp)
//   ATTACH, INHERIT, CREATE of a part      triggers put on it (own_triggers.hpp), the clients of its rows noted,
//                                          evidence that lies in it (evidence.hpp) brought back; refused if it is, or
//                                          has, a foreign table
//   DETACH, NO INHERIT of a part           its clients noted, evidence put away with it, triggers taken off it
//   DETACH CONCURRENTLY                    likewise; meanwhile, in two transactions, its clients are stale
//   DROP of a part                         its clients noted, evidence put away
//   DROP of a watched table                detached: the clients of its rows are frozen (capture/frozen.hpp)
//   CREATE, RENAME of a table that has     reattached, everybody computed afresh
//     the name of a detached one, and fits
//   DISABLE TRIGGER, DROP TRIGGER          a WARNING that winback.reattach is needed
//
// Why event triggers, and not hooks alone: they belong to the database, so they work in sessions that have not loaded
// the library, where the first of them loads it. What is dropped is seen by the object access hook, for an event
// trigger comes when the rows are gone; the hook is set when the first command of the session begins that may drop
// something.
//
// No table but that of the command is locked by waiting, or a command could close a cycle.
#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "capture/affected.hpp"
#include "capture/parts.hpp"
#include "clock/now.hpp"
#include "ledger/stale.hpp"
#include "module.hpp"
#include "pg/catalog.hpp"
#include "pg/entry.hpp"
#include "pg/query.hpp"
#include "work/command.hpp"
#include "work/drops.hpp"
#include "work/evidence.hpp"
#include "work/expressions.hpp"
#include "work/own_triggers.hpp"
#include "work/row_shapes.hpp"

extern "C" {
#include "catalog/objectaccess.h"
#include "catalog/pg_class.h"
#include "commands/event_trigger.h"
}

namespace winback::work {

namespace {

using capture::Setup;
using capture::Source;

// A command that is under way, and what was known when it began.
struct Command {
  const Node* statement;
  std::shared_ptr<const Setup> setup;
  std::vector<Meant> meant;
  std::vector<RowShape> shapes;
  int level;  // of the savepoint within which it began
};

struct State {
  std::vector<Command> commands;
};

State& state() {
  static auto* const only = new State;
  return *only;
}

object_access_hook_type next_hook = nullptr;
bool hooked = false;

// Forgets everything when the transaction ends.
void at_transaction_end(XactEvent event, void*) {
  if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE) return;
  state().commands.clear();
  forget_drops();
  forget_command_memory();
}

// Forgets what was begun within a savepoint that is rolled back: an address may be that of a later statement, too.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  auto& commands = state().commands;
  const int level = GetCurrentTransactionNestLevel();
  if (event == SUBXACT_EVENT_ABORT_SUB) {
    savepoint_rolled_back(level);
    std::erase_if(commands, [&](const Command& command) { return command.level >= level; });
  } else if (event == SUBXACT_EVENT_COMMIT_SUB) {
    savepoint_released(level);
    for (Command& command : commands) command.level = std::min(command.level, level - 1);
  }
}

// Visits the parts of an ALTER TABLE.
template <class Visit>
void each_command(const Node* statement, Visit visit) {
  const auto* alter = reinterpret_cast<const AlterTableStmt*>(statement);
  if (!IsA(statement, AlterTableStmt)) return;
  if (alter->objtype != OBJECT_TABLE && alter->objtype != OBJECT_FOREIGN_TABLE) return;
  for (int i = 0; i < list_length(alter->cmds); ++i)
    visit(alter, static_cast<AlterTableCmd*>(list_nth(alter->cmds, i)));
}

// Between the two transactions of DETACH CONCURRENTLY others see the table without the part: until the second, its
// clients are stale.
void leave_detached_stale(const Setup& setup, const Node* statement) {
  each_command(statement, [&](const AlterTableStmt* alter, const AlterTableCmd* command) {
    if (command->subtype != AT_DetachPartition) return;
    const auto* partition = reinterpret_cast<const PartitionCmd*>(command->def);
    const Oid part = named(partition->name);
    if (!partition->concurrent || !OidIsValid(part)) return;
    const auto wholes = capture::wholes_of(named(alter->relation));
    capture::ClientKeys clients(setup.key, command_memory());
    capture::NamedNotes names;
    for (const Source& source : setup.sources)
      if (wholes.contains(source.relation))
        for (const Oid leaf : capture::parts_of(part)) {
          put_away(setup, source, leaf, calls_within(setup, source, leaf));
          capture::read_rows(setup, source, leaf,
                             [&](capture::RowReader& reader, TupleTableSlot*, capture::Verdict verdict,
                                 const capture::Fact& fact, const std::string&) {
                               if (verdict != capture::Verdict::fact) return;
                               capture::each_name(source, reader, fact, false,
                                                  [&](capture::Name name, const capture::NameNote& note) {
                                                    names[std::move(name)].merge(note);
                                                  });
                               if (capture::tells_client(source)) clients.add(fact.client);
                             });
        }
    const std::string why = "partition " + pg::qualified_name(part) + " is being detached";
    for (const Datum client : clients.sorted()) ledger::add_stale(setup, {.client = client}, why, clock::now());
    for (const auto& [name, note] : names) ledger::add_stale(setup, {.name = name}, why, clock::now());
  });
}

// Before ATTACH: what watched partitions have of the triggers that come with it goes.
void make_room_for_triggers(const Setup& setup, const Node* statement) {
  each_command(statement, [&](const AlterTableStmt* alter, const AlterTableCmd* command) {
    if (command->subtype != AT_AttachPartition) return;
    drop_own_row_triggers(setup, alter, reinterpret_cast<const PartitionCmd*>(command->def)->name);
  });
}

// The object access hook.
void at_access(ObjectAccessType access, Oid class_id, Oid object, int column, void* argument) {
  if (next_hook) next_hook(access, class_id, object, column, argument);
  if (access != OAT_DROP || class_id != RelationRelationId || state().commands.empty()) return;
  pg::enter_with([&] {
    const auto setup = state().commands.back().setup;
    if (pg::call([&] { return get_rel_namespace(object); }) == setup->tables.schema) return;
    if (column == 0)
      look_at_rows(setup, object);
    else
      look_at_column(*setup, object, static_cast<AttrNumber>(column));
  });
}

// Refuses a foreign table that has become a part of a watched one: of what changes there nobody hears.
void refuse_foreign_parts(const Setup& setup) {
  for (const Source& source : setup.sources) {
    const Oid part = capture::foreign_part_of(source.relation);
    if (!OidIsValid(part)) continue;
    const std::string whole = pg::qualified_name(source.relation);
    throw pg::Error(ERRCODE_WRONG_OBJECT_TYPE,
                    "foreign table " + pg::qualified_name(part) + " cannot be a part of the watched table " + whole, {},
                    "Its rows would not count. Copy them into an ordinary table, or run SELECT winback.unwatch('" +
                        whole + "') first.");
  }
}

// A relation has become a part of others, with its own parts.
void part_comes(const Setup& setup, Oid part) {
  const auto wholes = capture::wholes_of(part);
  std::int64_t rejected = 0;
  bool counts = false;
  for (const Source& source : setup.sources) {
    if (source.relation == part || !wholes.contains(source.relation)) continue;
    counts = true;
    for (const Oid leaf : capture::parts_of(part)) {
      rejected += capture::note_rows(setup, source, leaf, true);
      bring_back(setup, source, leaf);
    }
  }
  if (counts)
    run("SELECT winback._put_triggers(p.part) FROM winback._parts($1) p", {REGCLASSOID}, {ObjectIdGetDatum(part)});
  warn_of_rejected(part, rejected);
}

// A relation is a part of another no more.
void part_goes(const Setup& setup, Oid part, Oid whole) {
  const auto wholes = capture::wholes_of(whole);
  const auto still = capture::wholes_of(part);
  for (const Source& source : setup.sources)
    if (wholes.contains(source.relation) && !still.contains(source.relation))
      for (const Oid leaf : capture::parts_of(part)) {
        put_away(setup, source, leaf, calls_within(setup, source, leaf));
        (void)capture::note_rows(setup, source, leaf, false);
      }
  run("SELECT winback._release($1)", {REGCLASSOID}, {ObjectIdGetDatum(part)});
}

// Warns where triggers of ours are switched off; `table`: only if this one is, or is a part of, a watched one.
void look_at_triggers(Oid table) {
  run("SELECT DISTINCT format('%I.%I', n.nspname, c.relname) FROM winback.source s"
      " JOIN pg_class c ON c.oid = s.relation JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT s.detached"
      " AND ($1 = 0 OR $1 IN (SELECT p.part FROM winback._parts(s.relation) p))"
      " AND winback._triggers_lost(s.relation) ORDER BY 1",
      {OIDOID}, {ObjectIdGetDatum(table)}, [&](HeapTuple row, TupleDesc description) {
        const std::string name = pg::text_of(row, description, 1);
        pg::call([&] {
          ereport(WARNING, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("winback no longer hears of every change of table %s", name.c_str()),
                            errdetail("A trigger of winback's is gone, or does not fire always."),
                            errhint("When it may be mended, run SELECT winback.reattach('%s').", name.c_str())));
        });
      });
}

// Follows an ALTER TABLE, command by command.
void follow_alter(const Setup& setup, const Node* statement) {
  Oid table = InvalidOid;
  std::vector<std::string> columns;
  bool triggers = false;
  each_command(statement, [&](const AlterTableStmt* alter, const AlterTableCmd* command) {
    if (!OidIsValid(table)) table = named(alter->relation);
    if (!OidIsValid(table)) return;
    switch (command->subtype) {
      case AT_AttachPartition: {
        const Oid part = named(reinterpret_cast<PartitionCmd*>(command->def)->name);
        refuse_foreign_parts(setup);
        return safely([&] { part_comes(setup, part); });
      }
      case AT_DetachPartition:
      case AT_DetachPartitionFinalize: {
        const Oid part = named(reinterpret_cast<PartitionCmd*>(command->def)->name);
        return safely([&] { part_goes(setup, part, table); });
      }
      case AT_AddInherit:
        refuse_foreign_parts(setup);
        return safely([&] { part_comes(setup, table); });
      case AT_DropInherit: {
        const Oid whole = named(reinterpret_cast<RangeVar*>(command->def));
        return safely([&] { part_goes(setup, table, whole); });
      }
      case AT_AlterColumnType:
#if PG_VERSION_NUM >= 170000
      case AT_SetExpression:
#endif
        return columns.push_back(command->name);
      case AT_EnableTrig:
      case AT_EnableReplicaTrig:
      case AT_DisableTrig:
      case AT_EnableTrigAll:
      case AT_DisableTrigAll:
      case AT_EnableTrigUser:
      case AT_DisableTrigUser:
        triggers = true;
        return;
      default:
        return;
    }
  });
  if (!columns.empty()) follow_types(setup, table, columns);
  if (triggers) safely([&] { look_at_triggers(table); });
}

// Follows the making of a table that may be a part of others.
void follow_create(const Setup& setup, const CreateStmt* create) {
  const Oid table = create->inhRelations != NIL ? named(create->relation) : InvalidOid;
  if (!OidIsValid(table)) return;
  refuse_foreign_parts(setup);
  safely([&] { part_comes(setup, table); });
}

// Attaches detached watches whose tables are there again.
void look_for_detached(const Setup& setup) {
  if (setup.detached.empty()) return;
  safely([&] {
    run("SELECT winback._reattach_found()");
    const auto fresh = capture::need_setup();
    std::set<Oid> read;
    for (const Source& source : fresh->sources) {
      if (std::ranges::find(setup.detached, source.id, &Source::id) == setup.detached.end()) continue;
      if (read.insert(source.relation).second) read_again(*fresh, source.relation);
      pg::call([&] { ereport(NOTICE, (errmsg("winback watches table %s again", source.name.c_str()))); });
    }
  });
}

// Whether DROP TRIGGER has dropped one of ours.
bool drops_our_trigger(const Node* statement) {
  const auto* drop = reinterpret_cast<const DropStmt*>(statement);
  if (!IsA(statement, DropStmt) || drop->removeType != OBJECT_TRIGGER) return false;
  for (int i = 0; i < list_length(drop->objects); ++i) {
    const auto* name = reinterpret_cast<const List*>(list_nth(drop->objects, i));
    if (std::string_view(strVal(llast(name))).starts_with("winback_capture_")) return true;
  }
  return false;
}

// Whether a command makes a table that nobody else sees: many do so all the time.
bool makes_temporary(const Node* statement) {
  if (IsA(statement, CreateStmt))
    return reinterpret_cast<const CreateStmt*>(statement)->relation->relpersistence == RELPERSISTENCE_TEMP;
  if (IsA(statement, CreateTableAsStmt))
    return reinterpret_cast<const CreateTableAsStmt*>(statement)->into->rel->relpersistence == RELPERSISTENCE_TEMP;
  return false;
}

// What the command has changed.
void follow(const Node* statement) {
  auto& commands = state().commands;
  std::vector<RowShape> shapes;
  const auto mine = std::ranges::find(commands.rbegin(), commands.rend(), statement, &Command::statement);
  if (mine != commands.rend()) {
    Command command = std::move(*mine);
    commands.erase(std::prev(mine.base()), commands.end());
    safely([&] { settle_drops(*command.setup); });
    follow_meanings(*command.setup, command.meant, statement);
    shapes = std::move(command.shapes);
  }
  if (makes_temporary(statement)) return;
  const auto setup = ledger_setup();
  if (!setup) return;
  if (IsA(statement, AlterTableStmt)) follow_alter(*setup, statement);
  if (IsA(statement, CreateStmt)) follow_create(*setup, reinterpret_cast<const CreateStmt*>(statement));
  if (IsA(statement, CreateForeignTableStmt))
    follow_create(*setup, &reinterpret_cast<const CreateForeignTableStmt*>(statement)->base);
  if (IsA(statement, CreateSchemaStmt)) {
    const List* made = reinterpret_cast<const CreateSchemaStmt*>(statement)->schemaElts;
    for (int i = 0; i < list_length(made); ++i)
      if (IsA(list_nth(made, i), CreateStmt)) follow_create(*setup, static_cast<CreateStmt*>(list_nth(made, i)));
  }
  safely([&] { follow_shapes(shapes, statement); });
  if (drops_our_trigger(statement)) safely([&] { look_at_triggers(InvalidOid); });
  look_for_detached(*setup);
}

// The statement of an event trigger's call; null where there is nothing to do.
Node* statement_of(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
    throw pg::Error(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED, "not called as the event trigger that it is", {},
                    "Functions of winback's event triggers are not to be called.");
  if (IsBinaryUpgrade || AtWork::at_work()) return nullptr;
  return reinterpret_cast<EventTriggerData*>(fcinfo->context)->parsetree;
}

}  // namespace

void hook_table_changes() {
  RegisterXactCallback(at_transaction_end, nullptr);
  RegisterSubXactCallback(at_savepoint_end, nullptr);
}

}  // namespace winback::work

using namespace winback;
using namespace winback::work;

WINBACK_FUNCTION(winback_command_starts) {
  const Node* statement = statement_of(fcinfo);
  if (!statement) return PointerGetDatum(nullptr);
  const auto setup = ledger_setup();
  if (!setup) return PointerGetDatum(nullptr);
  if (!hooked) {
    next_hook = object_access_hook;
    object_access_hook = at_access;
    hooked = true;
  }
  state().commands.push_back({statement, setup, meanings(*setup, statement), row_shapes(*setup, statement),
                              GetCurrentTransactionNestLevel()});
  safely([&] { leave_detached_stale(*setup, statement); });
  make_room_for_triggers(*setup, statement);
  return PointerGetDatum(nullptr);
}

WINBACK_FUNCTION(winback_command_ends) {
  const Node* statement = statement_of(fcinfo);
  if (!statement) return PointerGetDatum(nullptr);
  const AtWork at_work;
  follow(statement);
  return PointerGetDatum(nullptr);
}

