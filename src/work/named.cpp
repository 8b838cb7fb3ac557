// See named.hpp.
#include "work/named.hpp"

#include "ledger/name_lock.hpp"

namespace winback::work {

namespace {

using capture::kAliases;
using capture::Name;
using capture::NamedNotes;

// Locks names; those that are not had are moved from `names` to `not_had`.
void lock_or_drop(NamedNotes& names, std::vector<Name>& not_had, ledger::Patience& patience) {
  for (Name& name : ledger::lock_names(names, patience)) {
    names.erase(name);
    not_had.push_back(std::move(name));
  }
}

}  // namespace

Named look_up(std::shared_ptr<const capture::Setup> setup, const NamedNotes& names, ledger::Patience& patience) {
  ledger::FactReader facts(setup, patience);
  Named found;
  NamedNotes orders, aliases;
  for (const auto& [name, note] : names) (name.space == kAliases ? aliases : orders).emplace(name, note);

  lock_or_drop(orders, found.not_had, patience);
  for (const auto& [name, note] : orders) {
    if (!note.used) continue;  // who defines an order's id has noted its client
    const auto buyers = facts.buyers(name.space, name.text);
    found.clients.insert(found.clients.end(), buyers.clients.begin(), buyers.clients.end());
    for (const std::string& alias : buyers.aliases) aliases[{kAliases, alias}].used = true;
  }
  lock_or_drop(aliases, found.not_had, patience);
  for (const auto& [name, note] : aliases) {
    const auto holders = facts.holders(name.text);
    if (note.defined)
      found.with_evidence.insert(found.with_evidence.end(), holders.clients.begin(), holders.clients.end());
    else if (holders.owner)
      (note.calls ? found.with_evidence : found.clients).push_back(*holders.owner);
  }
  return found;
}

std::vector<Datum> clients_of(ledger::FactReader& facts, const Name& name) {
  if (name.space == kAliases) return facts.holders(name.text).clients;
  auto buyers = facts.buyers(name.space, name.text);
  for (const std::string& alias : buyers.aliases)
    if (const auto owner = facts.holders(alias).owner) buyers.clients.push_back(*owner);
  return buyers.clients;
}

}  // namespace winback::work
