// Whom a fact that comes, changes or goes concerns: a client by its key, or whoever has a name (see names.hpp).
#pragma once

#include <functional>

#include "capture/names.hpp"
#include "capture/setup.hpp"

namespace winback::capture {

// Whether a source's rows say by themselves which client they are of.
inline bool tells_client(const Source& source) { return !source.by_alias && source.kind != SourceKind::lines; }

// Visits the names that a fact hangs on, and those that it says whose they are; `was`: it is changed or removed.
using NameVisitor = std::function<void(Name, const NameNote&)>;
void each_name(const Source& source, const RowReader& reader, const Fact& fact, bool was,
               const NameVisitor& visit);

}  // namespace winback::capture
