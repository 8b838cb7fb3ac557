// See notes.hpp.
#include "capture/notes.hpp"

#include <algorithm>
#include <iterator>

#include "pg/money.hpp"

namespace winback::capture {

namespace {

// Beyond this many facts of one client in one transaction it is cheaper to read its rows once.
constexpr std::size_t kMostAdded = 256;

// Beyond this many facts in one transaction, about a hundred megabytes of them, everybody is computed in one pass.
constexpr std::size_t kMostFacts = 1'000'000;

bool missed = false;  // notes could not be begun

// The notes of the transaction; null where there are none.
Notes*& only() {
  static Notes* notes = nullptr;
  return notes;
}

}  // namespace

void Note::compute_afresh() {
  recompute = true;
  added = std::vector<AddedFact>();  // with its memory
}

void Note::merge(Note&& later) {
  recompute |= later.recompute;
  tasks |= later.tasks;
  std::ranges::move(later.evidence, std::back_inserter(evidence));
  if (added.empty())
    added = std::move(later.added);
  else
    std::ranges::move(later.added, std::back_inserter(added));
  if (recompute || added.size() > kMostAdded) compute_afresh();
}

Note Note::take() {
  Note taken{recompute, tasks, std::move(added), evidence};
  compute_afresh();
  return taken;
}

void GeneralNote::merge(const GeneralNote& later) {
  everything |= later.everything;
  all_evidence |= later.all_evidence;
  if (!later.lost_track_because.empty()) lost_track_because = later.lost_track_because;
}

Notes::Notes(std::shared_ptr<const Setup> setup)
    : setup_(std::move(setup)), memory_(pg::call([] {
        return AllocSetContextCreateInternal(TopTransactionContext, "winback notes", ALLOCSET_DEFAULT_SIZES);
      })) {}

Notes::~Notes() = default;  // memory_ goes with the transaction

Notes::Layer& Notes::top() {
  const int level = GetCurrentTransactionNestLevel();
  if (layers_.empty() || layers_.back()->level < level) layers_.push_back(std::make_unique<Layer>(this, level));
  return *layers_.back();
}

Note& Notes::of(Datum client) {
  Layer& layer = top();
  const auto found = layer.clients.find(client);
  if (found != layer.clients.end()) return found->second;
  return layer.clients[setup_->key.copy(client, memory_)];
}

void Notes::add(const Fact& fact) {
  const bool in_pass = std::ranges::any_of(layers_, [](const auto& layer) { return layer->everything; });
  if (in_pass) return;
  if (++facts_ > kMostFacts) return everything();
  Note& note = of(fact.client);
  if (note.recompute) return;
  const auto keep = [&](const Value& value) {
    return value.null ? value : Value{pg::copy_money(value.datum, memory_), false};
  };
  note.added.push_back({fact.kind, fact.at, keep(fact.value(Meaning::amount)), keep(fact.value(Meaning::seconds))});
  if (note.added.size() > kMostAdded) note.compute_afresh();
}

bool Notes::has_lost_track() const {
  return std::ranges::any_of(layers_, [](const auto& layer) { return !layer->lost_track_because.empty(); });
}

// Empties one layer into another.
void Notes::pour(Layer& from, Layer& into) {
  for (auto& [client, note] : from.clients) into.clients[client].merge(std::move(note));
  into.merge(from);
}

void Notes::released(int level) {
  if (layers_.empty() || layers_.back()->level < level) return;
  auto layer = std::move(layers_.back());
  layers_.pop_back();
  layer->level = level - 1;
  if (layers_.empty() || layers_.back()->level < layer->level)
    layers_.push_back(std::move(layer));
  else
    pour(*layer, *layers_.back());
}

void Notes::rolled_back(int level) {
  while (!layers_.empty() && layers_.back()->level >= level) layers_.pop_back();
}

Notes::Sum Notes::sum() {
  Layer all(this, 0);
  for (const auto& layer : layers_) {
    for (auto& [client, note] : layer->clients) all.clients[client].merge(note.take());
    all.merge(*layer);
  }
  Sum sum;
  sum.merge(all);
  sum.clients.reserve(all.clients.size());
  for (auto& [client, note] : all.clients) sum.clients.emplace_back(client, std::move(note));
  const auto comes_first = [&](const auto& a, const auto& b) { return setup_->key.compare(a.first, b.first) < 0; };
  std::ranges::sort(sum.clients, comes_first);
  return sum;
}

void Notes::folded() {
  const int level = GetCurrentTransactionNestLevel();
  rolled_back(level);  // this savepoint's notes: they stand or fall with what was applied for them
  for (auto& layer : layers_)
    for (auto& [client, note] : layer->clients) note.compute_afresh();
  facts_ = 0;
}

Notes& notes() {
  if (!only()) only() = new Notes(need_setup());
  return *only();
}

Notes* notes_taken() { return only(); }

void note_lost_track(const std::string& why) {
  if (setup_if_read())
    notes().lost_track(why);
  else
    missed = true;
}

bool notes_missed() { return missed; }

void drop_notes() {
  delete only();
  only() = nullptr;
  missed = false;
}

}  // namespace winback::capture
