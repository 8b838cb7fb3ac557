// Names by which the server finds the processes of the clock's room.
#pragma once

namespace winback::clock {

inline constexpr const char* kLauncher = "winback launcher";
inline constexpr const char* kWorker = "winback worker";

}  // namespace winback::clock
