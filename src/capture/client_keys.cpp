// See client_keys.hpp.
#include "capture/client_keys.hpp"

namespace winback::capture {

void ClientKeys::add(Datum key) {
  if (!type_->by_value()) {
    if (!memory_) memory_ = std::make_unique<Memory>(parent_);
    key = type_->copy(key, memory_->pieces);
  }
  keys_.push_back(key);
  if (keys_.size() >= tidy_at_) tidy_up();
}

void ClientKeys::add(const ClientKeys& others) {
  for (const Datum key : others.keys_) add(key);
}

// Sorts the keys, leaves one of each, and moves those that are left to memory of their own.
void ClientKeys::tidy_up() {
  type_->sort_unique(keys_);
  tidy_at_ = std::max(kFirstTidying, 2 * keys_.size());
  if (!memory_) return;
  auto fresh = std::make_unique<Memory>(parent_);
  for (Datum& key : keys_) key = type_->copy(key, fresh->pieces);
  memory_ = std::move(fresh);
}

const std::vector<Datum>& ClientKeys::sorted() {
  if (keys_.size() > 1) type_->sort_unique(keys_);
  return keys_;
}

}  // namespace winback::capture
