// Who does the tasks, as far as the sweep decides it. The rules for everybody else are in 52-managers.sql.
//
//   an open task is                               it goes to
//   --------------------------------------------  -----------------------------------------------------------------
//   due by the last day of its manager's absence  the deputy, where there is one who is not away himself; else the
//                                                 pool
//   in the pool because of an absence that is     the manager who was away
//     over
//   in the pool, and due                          a member of winback.return_manager, below: the longest due first,
//                                                 of one day the client of the highest period revenue
//   anything else                                 stays where it is
//
//   a member is                                   he is dealt
//   --------------------------------------------  -----------------------------------------------------------------
//   disabled, or away                             nothing
//   without a capacity                            his even share
//   with as many open tasks as his capacity,      nothing
//     or more than refill_at of them that are
//     due and of clients who are not his own
//   with a capacity otherwise                     his even share, up to that capacity
//
// Even shares: each task goes to who has the fewest open ones in proportion to his capacity, at a tie to the first by
// name. Who has no capacity counts like the member with the largest.
//
// A task that is overdue by policy.overdue_days, and again every overdue_again_days, gets a row in
// winback.overdue_notice; those who LISTEN to winback_overdue are told of them, once a sweep, at its commit.
//
// What is locked: members that may be dealt to, tasks that move, and winback.overdue_notice against other sweeps, until
// the transaction ends, and none of it is waited for.
//
//   another session                             what comes of it
//   ------------------------------------------  -------------------------------------------------------------------
//   deals, or takes a task, for a member         he is left out; whoever comes later counts the tasks of who came first
//   takes, closes or changes a task              it is left out, as seen by the place where it stood
//   notices overdue tasks                        that is left to it
//   commits a client's fact meanwhile, and       the client is stale, as with whoever else has its task; the next
//     would cancel or reopen its task            sweep settles it
#pragma once

#include "capture/setup.hpp"

namespace winback::work {

// Does all that at `clock`; returns how many tasks were dealt. Needs a Spi, and a lock on winback.client.
int see_to_managers(const capture::Setup& setup, core::Instant clock);

}  // namespace winback::work
