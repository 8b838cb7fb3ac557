// The library as the server loads it.
#include "pg/prelude.hpp"
#include "module.hpp"

extern "C" {
PG_MODULE_MAGIC;

__attribute__((visibility("default"))) void _PG_init(void);

void _PG_init(void) {
  winback::clock::define_settings();
  winback::ledger::define_settings();
  MarkGUCPrefixReserved("winback");
  winback::work::hook_transactions();
  winback::work::hook_table_changes();
  winback::clock::start_launcher();
}
}
