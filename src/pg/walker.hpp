// Walkers and mutators of expression trees in the form in which this server's version takes them.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace winback::pg {

// A function that is called with every node.
inline auto as_walker(bool (*walker)(Node*, void*)) {
#if PG_VERSION_NUM >= 160000
  return walker;
#else
  return reinterpret_cast<bool (*)()>(reinterpret_cast<void*>(walker));
#endif
}

// A function that yields what comes in a node's place.
inline auto as_mutator(Node* (*mutator)(Node*, void*)) {
#if PG_VERSION_NUM >= 160000
  return mutator;
#else
  return reinterpret_cast<Node* (*)()>(reinterpret_cast<void*>(mutator));
#endif
}

}  // namespace winback::pg
