// The settings of the clock's room.
#pragma once

namespace winback::clock {

// winback.naptime in seconds: the shortest time between the starts of two workers in one database.
extern int naptime;

}  // namespace winback::clock
