// The one clock: everything that asks what time it is asks here.
//
//   winback.as_of                 now()
//   ----------------------------  -----------------------------------------------------------
//   '' (default)                  the start of the transaction, as the server's own now()
//   a timestamp                   that instant; without a zone read in the session's TimeZone
//                                 when it is set, and shown with its offset from then on
//   no timestamp, or infinite     refused when it is set
//
// Only a superuser sets it. A value that somebody else left before the library was loaded is dropped by the server when
// the setting is defined, with a WARNING: since PostgreSQL 15 it remembers which role set a placeholder.
#pragma once

#include "core/time.hpp"

namespace winback::clock {

// The instant at which the caller lives.
core::Instant now();

// From here on this session lives in the present, whatever the server's, the database's or the role's settings say.
void live_in_the_present();

// Defines winback.as_of.
void define_as_of();

}  // namespace winback::clock
