// See notes.hpp.
#include "capture/notes.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace winback::capture {

namespace {

// So many facts are kept, in some 50 MB; of more, only the clients: reading the tables once is no worse then.
constexpr std::size_t kMostAdded = 1 << 20;

// Of more names than this it takes longer to look up whose they are, one by one, than to read the tables once.
constexpr std::size_t kMostNames = 100'000;

// Why notes were needed that could not be begun; empty: none were.
std::string& missed() {
  static auto* const why = new std::string;
  return *why;
}

// The notes of the transaction; null where there are none.
Notes*& only() {
  static Notes* notes = nullptr;
  return notes;
}

}  // namespace

void TaskNote::merge(TaskNote&& later) {
  tasks |= later.tasks;
  all_evidence |= later.all_evidence;
  std::ranges::move(later.evidence, std::back_inserter(evidence));
}

void GeneralNote::merge(const GeneralNote& later) {
  everything |= later.everything || (newer_rules && later.newer_rules);
  if (later.newer_rules) newer_rules = later.newer_rules;
  rekeyed |= later.rekeyed;
  all_evidence |= later.all_evidence;
  if (!later.lost_track_because.empty()) lost_track_because = later.lost_track_because;
}

ClientNotes::ClientNotes(const pg::KeyType& type, MemoryContext memory)
    : afresh(type, memory), tasks(0, Hash{&type}, Same{&type}) {}

void ClientNotes::merge(ClientNotes&& later) {
  if (added.empty())
    added = std::move(later.added);
  else
    added.insert(added.end(), later.added.begin(), later.added.end());
  if (afresh.empty())
    afresh = std::move(later.afresh);
  else
    afresh.add(later.afresh);
  for (auto& [client, note] : later.tasks) tasks[client].merge(std::move(note));
  for (const auto& [name, note] : later.names) names[name].merge(note);
}

void ClientNotes::forget_added() {
  for (const AddedFact& fact : added) afresh.add(fact.client);
  added = std::vector<AddedFact>();  // with its memory
}

Sum::Sum(const GeneralNote& general, ClientNotes&& clients, const pg::KeyType& type)
    : GeneralNote(general),
      type_(type),
      added_(std::move(clients.added)),
      afresh_(std::move(clients.afresh)),
      afresh_keys_(&afresh_.sorted()),
      names_(std::move(clients.names)) {
  if (added_.size() > 1)
    type.sort(added_, [](const AddedFact& fact) { return fact.client; },
              [](const AddedFact& a, const AddedFact& b) { return a.at < b.at; });
  for (auto& [client, note] : clients.tasks) tasks_.emplace_back(client, std::move(note));
  sort_tasks();
}

// Puts the notes on tasks in the order of their clients, one a client.
void Sum::sort_tasks() {
  std::ranges::stable_sort(tasks_, [&](const auto& a, const auto& b) { return type_.compare(a.first, b.first) < 0; });
  std::vector<std::pair<Datum, TaskNote>> merged;
  for (auto& [client, note] : tasks_) {
    if (!merged.empty() && type_.equal(merged.back().first, client))
      merged.back().second.merge(std::move(note));
    else
      merged.emplace_back(client, std::move(note));
  }
  tasks_ = std::move(merged);
}

void Sum::add_afresh(const std::vector<Datum>& clients, bool evidence) {
  TaskNote note;
  note.all_evidence = true;
  for (const Datum client : clients) {
    afresh_.add(client);
    if (evidence) tasks_.emplace_back(client, note);
  }
  afresh_keys_ = &afresh_.sorted();
  sort_tasks();
}

void Sum::follow(const Merges& merges) {
  if (merges.empty()) return;
  // Copies: the keys kept here move when others are added, those of the merges go with the setup.
  const auto copy = [&](Datum key) { return type_.copy(key, CurrentMemoryContext); };
  std::vector<Datum> moved;
  const auto look_at = [&](Datum key) {
    if (!merges.is_merged(key)) return;
    moved.push_back(copy(key));
    moved.push_back(copy(merges.present(key)));
  };
  for (const AddedFact& fact : added_) look_at(fact.client);
  for (const Datum key : *afresh_keys_) look_at(key);
  std::vector<std::pair<Datum, TaskNote>> further;
  for (const auto& [client, note] : tasks_) {
    look_at(client);
    for (const Datum key : merges.keys_of(merges.present(client)))
      further.emplace_back(copy(key), note);
  }
  std::ranges::move(further, std::back_inserter(tasks_));
  add_afresh(moved, true);
}

void Sum::each(const std::function<void(Datum, const Note&)>& visit) const {
  auto added = added_.begin();
  auto afresh = afresh_keys_->begin();
  auto tasks = tasks_.begin();
  while (added != added_.end() || afresh != afresh_keys_->end() || tasks != tasks_.end()) {
    std::optional<Datum> client;
    const auto offer = [&](Datum key) {
      if (!client || type_.compare(key, *client) < 0) client = key;
    };
    if (added != added_.end()) offer(added->client);
    if (afresh != afresh_keys_->end()) offer(*afresh);
    if (tasks != tasks_.end()) offer(tasks->first);
    Note note;
    note.recompute = only_afresh_;
    const auto first = added;
    while (added != added_.end() && type_.equal(added->client, *client)) ++added;
    if (afresh != afresh_keys_->end() && type_.equal(*afresh, *client)) {
      note.recompute = true;
      ++afresh;
    }
    if (tasks != tasks_.end() && type_.equal(tasks->first, *client)) note.tasks = &tasks++->second;
    if (!note.recompute) note.added = {first, added};
    visit(*client, note);
  }
}

bool Sum::has_evidence() const {
  return std::ranges::any_of(tasks_, [](const auto& client) {
           return client.second.all_evidence || !client.second.evidence.empty();
         }) ||
         std::ranges::any_of(names_, [](const auto& name) { return name.second.tells_of_evidence(); });
}

Notes::Notes(std::shared_ptr<const Setup> setup)
    : setup_(std::move(setup)), memory_(pg::call([] {
        return AllocSetContextCreateInternal(TopTransactionContext, "winback notes", ALLOCSET_START_SMALL_SIZES);
      })),
      pieces_(memory_) {}

Notes::~Notes() = default;  // memory_ goes with the transaction

Notes::Layer& Notes::top() {
  const int level = GetCurrentTransactionNestLevel();
  if (layers_.empty() || layers_.back()->level < level) layers_.push_back(std::make_unique<Layer>(*this, level));
  return *layers_.back();
}

void Notes::add(const Fact& fact) {
  if (facts_ >= kMostAdded) return afresh(fact.client);
  if (++facts_ == kMostAdded)
    for (const auto& layer : layers_) layer->clients.forget_added();
  const Value& number = fact.value(fact.kind == SourceKind::orders ? Meaning::amount : Meaning::seconds);
  pg::Amount amount;
  if (!number.null) amount = pg::amount_of(number.datum);
  if (amount.numeric != 0) amount.numeric = pg::copy_flat(amount.numeric, -1, pieces_);
  top().clients.added.push_back(
      {setup_->key.copy(fact.client, pieces_), fact.at, amount, fact.kind, number.null});
}

TaskNote& Notes::tasks(Datum client) {
  auto& noted = top().clients.tasks;
  const auto found = noted.find(client);
  return found != noted.end() ? found->second : noted[setup_->key.copy(client, memory_)];
}

void Notes::named(Name name, const NameNote& note) {
  // Whoever has the name is computed with everybody; of the name's calls this is all there is.
  if (has_everything()) return note.tells_of_evidence() ? all_evidence() : void();
  const auto [place, is_new] = top().clients.names.try_emplace(std::move(name), note);
  if (!is_new) return place->second.merge(note);
  if (++names_ <= kMostNames) return;
  everything();
  all_evidence();
}

void Notes::newer_rules(core::Instant valid_from) {
  GeneralNote note;
  note.newer_rules = valid_from;
  top().merge(note);
}

bool Notes::has_everything() const {
  return std::ranges::any_of(layers_, [](const auto& layer) { return layer->everything; });
}

bool Notes::has_lost_track() const {
  return std::ranges::any_of(layers_, [](const auto& layer) { return !layer->lost_track_because.empty(); });
}

void Notes::released(int level) {
  if (layers_.empty() || layers_.back()->level < level) return;
  auto layer = std::move(layers_.back());
  layers_.pop_back();
  layer->level = level - 1;
  if (layers_.empty() || layers_.back()->level < layer->level) {
    layers_.push_back(std::move(layer));
    return;
  }
  layers_.back()->clients.merge(std::move(layer->clients));
  layers_.back()->merge(*layer);
}

void Notes::rolled_back(int level) {
  while (!layers_.empty() && layers_.back()->level >= level) layers_.pop_back();
}

Sum Notes::sum() {
  GeneralNote general;
  ClientNotes clients(setup_->key, memory_);
  const int level = GetCurrentTransactionNestLevel();
  for (const auto& layer : layers_) {
    general.merge(*layer);
    const bool stays = layer->level < level;
    ClientNotes taken(setup_->key, memory_);
    // Rows that are dated anew now have that version; what they are if that is undone, nobody knows then.
    if (stays && layer->newer_rules) layer->everything = true;
    if (stays) {
      taken.added = layer->clients.added;
      layer->clients.forget_added();
      taken.afresh.add(layer->clients.afresh);
      taken.tasks = layer->clients.tasks;
      taken.names = layer->clients.names;
    } else {
      std::swap(taken, layer->clients);
    }
    clients.merge(std::move(taken));
  }
  return Sum(general, std::move(clients), setup_->key);
}

void Notes::folded() {
  rolled_back(GetCurrentTransactionNestLevel());  // they stand or fall with what was applied for them
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
    missed() = why.empty() ? "a change could not be noted" : why;
}

const std::string& notes_missed() { return missed(); }

void drop_notes() {
  delete only();
  only() = nullptr;
  missed().clear();
}

}  // namespace winback::capture
