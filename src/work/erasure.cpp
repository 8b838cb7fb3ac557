// Forgetting a client whom the CRM has removed (see 48-erasure.sql).
//
//   what the ledger has of the client   becomes
//   ----------------------------------  ---------------------------------------------------------------------------
//   its row: name, dimensions, figures  nothing; nor what that said before
//   its changes of status               count on, without its key
//   its tasks                           count on, without its key, their call, note and title; an open one is
//                                       cancelled: erased. An outcome that a person wrote becomes: erased
//   its marks in winback.stale          nothing
//   that it is frozen                   nothing
//
// Unlike what else is said of a client this is not left for the commit: who asks for it is to know that it is done. The
// client's row is held while it is found to have no facts, and until the transaction ends: whoever writes a fact of it
// meanwhile commits later, and begins a new row. Nothing is waited for longer than winback.lock_wait.
#include <map>

#include "clock/now.hpp"
#include "pg/entry.hpp"
#include "capture/frozen.hpp"
#include "pg/identity.hpp"
#include "pg/text.hpp"
#include "work/commit.hpp"
#include "work/settle.hpp"

extern "C" {
#include "utils/array.h"
}

using namespace winback;

namespace {

constexpr const char* kErased = "erased";

// The watched tables that have rows of a client: facts, aliases, and rows that cannot be facts.
std::vector<Oid> tables_with(const std::shared_ptr<const capture::Setup>& setup, Datum client,
                             ledger::Patience& patience) {
  std::vector<Oid> tables;
  ledger::FactReader facts(setup, patience);
  facts.pass_over_dropped();
  const auto found = [&](const capture::Source& source) {
    if (tables.empty() || tables.back() != source.relation) tables.push_back(source.relation);
  };
  facts.on_rejected([&](const capture::Source& source, Datum, const std::string&) { found(source); });
  const pg::Spi spi;
  for (const capture::Source& source : setup->sources)
    if (source.kind != capture::SourceKind::lines && !source.by_alias)
      facts.of_key(source, client, [&](const capture::Source&, capture::RowReader&, const capture::Fact&) {
        found(source);
      });
  return tables;
}

// What is done when another session is in the way.
[[noreturn]] void give_up(const std::string& key) {
  throw pg::Error(ERRCODE_LOCK_NOT_AVAILABLE, "another transaction holds client \"" + key + "\"",
                  "Nothing has been erased.", "Try again when that transaction has ended.");
}

class Eraser {
 public:
  Eraser(std::shared_ptr<const capture::Setup> setup, ledger::Patience& patience)
      : setup_(std::move(setup)), patience_(patience), client_(setup_->tables.client) {
    const pg::Spi spi;
    const pg::AsOwner owner(setup_->owner);
    pg::Query("SELECT kind, title FROM winback.task_kind WHERE title IS NOT NULL", {})
        .read({}, [&](HeapTuple row, TupleDesc description) {
          titles_[pg::text_of(row, description, 1)] = pg::text_of(row, description, 2);
          return true;
        });
  }

  // Erases one key; an Error if it has facts, or others are in the way.
  void erase(Datum key) {
    const std::string name = setup_->key.to_text(key);
    const pg::Grip grip = client_.hold(setup_->tables.client_key, key, std::ref(patience_));
    if (grip == pg::Grip::busy) give_up(name);
    if (!tables_with(setup_, key, patience_).empty())
      throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "client \"" + name + "\" has facts again", {},
                      "Remove what the CRM knows of it, then erase it.");
    erase_in(setup_->tables.status_change, setup_->tables.status_change_client, key,
             [](const pg::Table&, pg::Values&) {});
    erase_in(setup_->tables.task, setup_->tables.task_client, key,
             [&](const pg::Table& table, pg::Values& task) { depersonalise(table, task); });
    std::vector<ItemPointerData> marks;
    for (const ledger::StaleMark& mark : ledger::stale_marks(*setup_))
      if (mark.whose.client && setup_->key.equal(*mark.whose.client, key)) marks.push_back(mark.place);
    ledger::remove_stale(*setup_, marks);
    if (setup_->has_frozen) capture::thaw(*setup_, key);
    if (grip == pg::Grip::held) client_.delete_held();
  }

 private:
  // Takes the client's key out of the rows of a table, and what else `forget` takes out of them.
  template <class Forget>
  void erase_in(Oid relation, Oid index, Datum key, Forget forget) {
    ledger::lock_soon(relation, RowExclusiveLock, patience_);
    pg::Table table(relation);
    const int client = table.column("client_id");
    table.scan(index, key, [&](const pg::Values& stored, ItemPointerData place) {
      pg::Values row = stored;
      row.clear(client);
      forget(table, row);
      if (!table.hold_at(place)) give_up(setup_->key.to_text(key));
      table.update_held(row);
    });
  }

  // What of a task may be about a person.
  void depersonalise(const pg::Table& table, pg::Values& task) const {
    const int status = table.column("status");
    const int outcome = table.column("outcome");
    const bool open = pg::text_string(task.values[status]) == "open";
    if (open) {
      task.set(status, pg::text_datum("cancelled"));
      task.set(table.column("closed_at"), TimestampTzGetDatum(clock::now()));
    }
    const bool by_hand = !task.nulls[table.column("closed_by")];
    if (open || by_hand) task.set(outcome, pg::text_datum(kErased));
    const auto title = titles_.find(pg::text_string(task.values[table.column("kind")]));
    task.clear(table.column("title"));
    if (title != titles_.end()) task.set(table.column("title"), pg::text_datum(title->second));
    for (const char* column : {"call_id", "call_source", "note", "needed_seconds", "closed_in"})
      task.clear(table.column(column));
  }

  std::shared_ptr<const capture::Setup> setup_;
  ledger::Patience& patience_;
  pg::Table client_;
  std::map<std::string, std::string> titles_;  // of the kinds of task
};

// An array of values of one type.
Datum array_of(std::vector<Datum>& values, Oid type) {
  return pg::call([&] {
    std::int16_t length;
    bool by_value;
    char align;
    get_typlenbyvalalign(type, &length, &by_value, &align);
    const int count = static_cast<int>(values.size());
    return PointerGetDatum(construct_array(values.data(), count, type, length, by_value, align));
  });
}

}  // namespace

// _keys_of_client(client text): the client and those that were merged into it, as text.
WINBACK_FUNCTION(winback_keys_of_client) {
  const auto setup = capture::need_setup();
  std::vector<Datum> keys;
  for (const Datum key : setup->merges.keys_of(setup->key.from_text(pg::text_argument(fcinfo, 0).c_str())))
    keys.push_back(pg::text_datum(setup->key.to_text(key)));
  return array_of(keys, TEXTOID);
}

// _tables_with(client text): the watched tables that have rows under this key, but for winback.event.
WINBACK_FUNCTION(winback_tables_with) {
  const auto setup = capture::need_setup();
  ledger::Patience patience = ledger::Patience::endless();
  std::vector<Datum> tables;
  const Oid own = pg::call([&] { return get_relname_relid("event", setup->tables.schema); });
  for (const Oid table : tables_with(setup, setup->key.from_text(pg::text_argument(fcinfo, 0).c_str()), patience))
    if (table != own) tables.push_back(ObjectIdGetDatum(table));
  return array_of(tables, REGCLASSOID);
}

// _erase(client text): forgets what the ledger has under this key.
WINBACK_FUNCTION(winback_erase) {
  work::apply_notes();
  ledger::Patience patience(ledger::lock_wait);
  const auto setup = work::lock_ledger(false, patience);
  Eraser(setup, patience).erase(setup->key.from_text(pg::text_argument(fcinfo, 0).c_str()));
  PG_RETURN_VOID();
}
