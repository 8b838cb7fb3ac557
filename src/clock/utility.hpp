// The commands that the launcher must know of, seen as they pass through the server.
#pragma once

namespace winback::clock {

// Takes its place in the chain of ProcessUtility hooks.
void watch_commands();

}  // namespace winback::clock
