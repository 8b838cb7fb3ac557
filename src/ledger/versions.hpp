// winback.client_version: what winback.client said of a client before it said otherwise, so that what was known at any
// time can be asked again.
//
//   what is kept                            because a change of status does not tell it
//   --------------------------------------  ----------------------------------------------------------------------
//   began_at, first_status                  since when the client is there, and as what: the first status is no change
//   manager, channel, region, department    whose it was while its status did not change
//
//   the row of the client                   winback.client_version          recorded_at of the row
//   --------------------------------------  ------------------------------  ----------------------
//   is new                                  nothing                         the clock
//   says the same of these                  nothing                         stays
//   says otherwise                          what it said, until the clock   the clock
//   goes                                    likewise                        goes
//
// What was recorded and withdrawn at one instant of the clock was never known, and is not kept.
#pragma once

#include "ledger/client_row.hpp"

namespace winback::ledger {

// Whether two rows of a client say the same of what is kept.
bool same_version(const ClientRow& a, const ClientRow& b);

class Versions {
 public:
  explicit Versions(const capture::Setup& setup);

  // Keeps what this row said up to now.
  void keep(const ClientRow& row, core::Instant clock);

 private:
  pg::Table table_;
  struct {
    int client_id, began_at, first_status, manager, channel, region, department, recorded_at, withdrawn_at;
  } column_;
};

}  // namespace winback::ledger
