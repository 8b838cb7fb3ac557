// See affected.hpp.
#include "capture/affected.hpp"

namespace winback::capture {

void each_name(const Source& source, const RowReader& reader, const Fact& fact, bool was,
               const NameVisitor& visit) {
  const auto tell = [&](Oid space, Meaning meaning, const NameNote& what) {
    std::string text = reader.name_of(fact, meaning);
    if (!text.empty()) visit({space, std::move(text)}, what);
  };
  const NameNote used{.used = true, .calls = source.kind == SourceKind::calls && was};
  const NameNote defined{.defined = true};
  if (source.by_alias) tell(kAliases, Meaning::client, used);
  if (source.kind == SourceKind::lines) tell(source.orders, Meaning::item_id, used);
  if (source.kind == SourceKind::aliases) tell(kAliases, Meaning::alias, defined);
  if (source.has_lines) tell(source.relation, Meaning::item_id, defined);
}

}  // namespace winback::capture
