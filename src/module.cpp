// The library as the server loads it.
#include "pg/prelude.hpp"
#include "module.hpp"

extern "C" {
PG_MODULE_MAGIC;

__attribute__((visibility("default"))) void _PG_init(void);

void _PG_init(void) {
  // Money is written by int64_div_fast_to_numeric(), which was wrong at some scales before 15.2.
  if (atoi(GetConfigOption("server_version_num", false, false)) < 150002)
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("winback needs PostgreSQL 15.2 or newer"),
                    errhint("Update the server to its latest minor release.")));
  winback::clock::define_settings();
  winback::ledger::define_settings();
  MarkGUCPrefixReserved("winback");
  winback::work::hook_transactions();
  winback::work::hook_table_changes();
  winback::work::hook_refusals();
  winback::clock::start_launcher();
}
}
