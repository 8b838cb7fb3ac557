// See command.hpp.
#include "work/command.hpp"

#include "capture/parts.hpp"
#include "capture/rejected.hpp"
#include "ledger/whole.hpp"
#include "pg/catalog.hpp"
#include "pg/query.hpp"

extern "C" {
#include "catalog/pg_authid.h"
#include "storage/lmgr.h"
}

namespace winback::work {

namespace {

MemoryContext remembered = nullptr;

// Shows the rows that a statement returned.
void visit_result(const Visit& visit) {
  if (!visit || !SPI_tuptable) return;
  SPITupleTable* const rows = SPI_tuptable;
  for (std::uint64_t i = 0; i < rows->numvals; ++i) visit(rows->vals[i], rows->tupdesc);
}

}  // namespace

MemoryContext command_memory() {
  if (!remembered)
    remembered = pg::call(
        [] { return AllocSetContextCreateInternal(TopTransactionContext, "winback commands", ALLOCSET_SMALL_SIZES); });
  return remembered;
}

void forget_command_memory() { remembered = nullptr; }

Look::Look(Oid relation)
    : relation_(pg::call([&] {
        (void)ConditionalLockRelationOid(relation, AccessShareLock);
        return RelationIdGetRelation(relation);
      })) {}

Look::~Look() {
  if (relation_) pg::detail::run_ignoring_errors([](void* it) { RelationClose(static_cast<Relation>(it)); }, relation_);
}

std::shared_ptr<const capture::Setup> ledger_setup() {
  if (!pg::call([] { return ledger::is_whole(); })) return nullptr;
  std::shared_ptr<const capture::Setup> found;
  pg::Failure failure;
  if (pg::attempt(failure, [&] { found = capture::setup(); })) return found;
  pg::call([&] { ereport(DEBUG1, (errmsg_internal("winback has no setup: %s", failure.message))); });
  return nullptr;
}

Oid named(const RangeVar* name) {
  return name ? pg::call([&] { return RangeVarGetRelid(name, NoLock, true); }) : InvalidOid;
}

void run(const std::string& sql, const std::vector<Oid>& types, const std::vector<Datum>& values,
         const Visit& visit) {
  const pg::AsOwner owner(BOOTSTRAP_SUPERUSERID);
  const pg::Spi spi;
  const pg::InContext stay(CurrentMemoryContext);  // SPI leaves that of its connection behind
  pg::call([&] {
    SPI_execute_with_args(sql.c_str(), static_cast<int>(types.size()), const_cast<Oid*>(types.data()),
                          const_cast<Datum*>(values.data()), nullptr, false, 0);
  });
  visit_result(visit);
}

std::uint64_t run_on_newest(const std::string& sql, const std::vector<Oid>& types, const std::vector<Datum>& values,
                            const Visit& visit) {
  const pg::AsOwner owner(BOOTSTRAP_SUPERUSERID);
  const pg::Spi spi;
  const pg::InContext stay(CurrentMemoryContext);
  const std::uint64_t rows = pg::call([&] {
    SPIPlanPtr plan = SPI_prepare(sql.c_str(), static_cast<int>(types.size()), const_cast<Oid*>(types.data()));
    if (!plan) elog(ERROR, "could not prepare \"%s\": %s", sql.c_str(), SPI_result_code_string(SPI_result));
    CommandCounterIncrement();
    SPI_execute_snapshot(plan, const_cast<Datum*>(values.data()), nullptr, GetLatestSnapshot(), InvalidSnapshot, false,
                         true, 0);
    return static_cast<std::uint64_t>(SPI_processed);
  });
  visit_result(visit);
  return rows;
}

void warn_of_rejected(Oid relation, std::int64_t rows) {
  if (rows == 0) return;
  const std::string name = pg::qualified_name(relation);
  pg::call([&] {
    ereport(WARNING, (errcode(ERRCODE_DATA_EXCEPTION),
                      errmsg_plural("%lld row of table %s cannot be a fact and was left out",
                                    "%lld rows of table %s cannot be facts and were left out", rows,
                                    static_cast<long long>(rows), name.c_str()),
                      errhint("See winback.rejected.")));
  });
}

std::int64_t list_again(const capture::Setup& setup, Oid relation) {
  capture::unlist_all_rejected(setup, relation);
  std::int64_t rejected = 0;
  for (const capture::Source& source : setup.sources) {
    if (source.relation != relation) continue;
    for (const Oid part : capture::parts_of(relation))
      capture::read_rows(setup, source, part,
                         [&](capture::RowReader& reader, TupleTableSlot* row, capture::Verdict verdict,
                             const capture::Fact&, const std::string& reason) {
                           if (verdict != capture::Verdict::rejected) return;
                           capture::list_rejected(setup, relation, reader.as_jsonb(row), reason);
                           ++rejected;
                         });
  }
  return rejected;
}

void read_again(const capture::Setup& setup, Oid relation) {
  capture::notes().everything();
  using capture::SourceKind;
  for (const capture::Source& source : setup.sources)
    if (source.relation == relation && (source.kind == SourceKind::calls || source.kind == SourceKind::aliases))
      capture::notes().all_evidence();
  warn_of_rejected(relation, list_again(setup, relation));
}

}  // namespace winback::work
