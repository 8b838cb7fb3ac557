// The functions behind winback.merged (see 47-merging.sql).
#include "capture/notes.hpp"
#include "pg/entry.hpp"
#include "pg/text.hpp"

using namespace winback;

// _present_client(client text): the client that its facts belong to.
WINBACK_FUNCTION(winback_present_client) {
  const auto setup = capture::need_setup();
  const Datum client = setup->key.from_text(pg::text_argument(fcinfo, 0).c_str());
  return pg::text_datum(setup->key.to_text(setup->merges.present(client)));
}

// _note_merge(client text, into_client text): both are computed afresh, with their tasks, and nobody commits meanwhile.
WINBACK_FUNCTION(winback_note_merge) {
  capture::Notes& notes = capture::notes();
  for (const int number : {0, 1}) {
    const Datum client = notes.setup().key.from_text(pg::text_argument(fcinfo, number).c_str());
    notes.afresh(client);
    notes.tasks(client).all_evidence = true;
  }
  notes.rekeyed();
  PG_RETURN_VOID();
}

// _check_merges(): every session reads the merges again; an error if they lead round in a circle.
WINBACK_FUNCTION(winback_check_merges) {
  capture::announce_changed_setup();
  if (capture::need_setup()->merges.circular())
    throw pg::Error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "a client cannot be merged into itself",
                    "Through the clients that it was merged into, it would be.",
                    "See winback.merged; winback.unmerge_client() parts clients again.");
  PG_RETURN_VOID();
}
