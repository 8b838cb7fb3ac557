// winback.frozen: the clients with facts from a watched table that has been dropped. Until the table is there again, or
// is unwatched, nobody can compute them:
//
//   what happens                             to a frozen client
//   ---------------------------------------  ---------------------------------------------------------------------
//   an order or call is added elsewhere      it is added to the row, as to any other
//   the clock goes on                        its status goes on by the instants that the row has
//   another of its facts changes or goes     its row stays as it was; it is listed in winback.stale, saying why
//   rebuild(), a change of the rules         its row stays as it was
//   verify(), sweep()                        pass it over
//   reattach(), unwatch(), the table is      computed afresh with everybody
//   there again
#pragma once

#include <functional>
#include <string>

#include "capture/setup.hpp"

namespace winback::capture {

// Freezes clients for the sake of a source.
void freeze(const Setup& setup, int source, Datum client);
// Forgets that a client is frozen.
void thaw(const Setup& setup, Datum client);
// Why a client is frozen; empty: it is not.
std::string frozen_because(const Setup& setup, Datum client);
// Visits every frozen client, some perhaps more than once.
void each_frozen(const Setup& setup, const std::function<void(Datum)>& visit);

}  // namespace winback::capture
