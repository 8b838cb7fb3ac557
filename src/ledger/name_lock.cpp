// See name_lock.hpp.
#include "ledger/name_lock.hpp"

#include <algorithm>
#include <tuple>

#include "pg/guard.hpp"

extern "C" {
#include "common/hashfn.h"
#include "storage/lock.h"
}

namespace winback::ledger {

namespace {

using capture::Name;
using capture::NamedNotes;
using capture::NameNote;

// Beyond this many names of one space a transaction locks the space.
constexpr std::size_t kMostLocks = 64;

// The last field of our lock tags: of a name, and of a space.
constexpr std::uint16_t kOfName = 0x7762;
constexpr std::uint16_t kOfSpace = 0x7763;

// One lock; `hash` is 0 for a space.
struct Lock {
  Oid space;
  std::uint16_t of;
  std::uint32_t hash;
  LOCKMODE mode;
};

// Asks for a lock once.
bool try_lock(const Lock& lock) {
  return pg::call([&] {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, lock.space, lock.hash, lock.of);
    return LockAcquire(&tag, lock.mode, false, true) != LOCKACQUIRE_NOT_AVAIL;
  });
}

std::uint32_t hash_of(const Name& name) {
  return hash_bytes(reinterpret_cast<const unsigned char*>(name.text.data()), static_cast<int>(name.text.size()));
}

// How a name is to be locked.
LOCKMODE mode_of(const Name& name, const NameNote& note) {
  if (!note.defined) return ShareLock;
  if (name.space == capture::kAliases) return ExclusiveLock;
  return note.used ? ShareRowExclusiveLock : RowExclusiveLock;
}

using Iterator = NamedNotes::const_iterator;

// Locks the names of one space; appends those not had.
void lock_space(Iterator first, Iterator end, Patience& patience, std::vector<Name>& not_had) {
  const Oid space = first->first.space;
  const auto wait_for = [&](const Lock& lock) {
    while (!try_lock(lock))
      if (!patience()) return false;
    return true;
  };
  const bool whole = static_cast<std::size_t>(std::distance(first, end)) > kMostLocks;
  if (!wait_for({space, kOfSpace, 0, whole ? ExclusiveLock : RowShareLock})) {
    for (Iterator it = first; it != end; ++it) not_had.push_back(it->first);
    return;
  }
  if (whole) return;
  std::vector<std::pair<Lock, const Name*>> locks;
  for (Iterator it = first; it != end; ++it)
    locks.push_back({{space, kOfName, hash_of(it->first), mode_of(it->first, it->second)}, &it->first});
  std::ranges::sort(locks, [](const auto& a, const auto& b) {
    return std::tie(a.first.hash, a.first.mode) < std::tie(b.first.hash, b.first.mode);
  });
  for (const auto& [lock, name] : locks)
    if (!wait_for(lock)) not_had.push_back(*name);
}

}  // namespace

std::vector<Name> lock_names(const NamedNotes& names, Patience& patience) {
  std::vector<Name> not_had;
  for (Iterator first = names.begin(); first != names.end();) {
    const Iterator end =
        std::find_if(first, names.end(), [&](const auto& other) { return other.first.space != first->first.space; });
    lock_space(first, end, patience, not_had);
    first = end;
  }
  return not_had;
}

bool lock_name_alone(const Name& name) {
  return try_lock({name.space, kOfSpace, 0, RowShareLock}) &&
         try_lock({name.space, kOfName, hash_of(name), ExclusiveLock});
}

}  // namespace winback::ledger
