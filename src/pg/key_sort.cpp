// See key_sort.hpp.
#include "pg/key_sort.hpp"

#include <algorithm>

namespace winback::pg {

namespace {

constexpr Size kLargestMemory = Size{1} << 30;  // what is sorted at once: a cancel waits for it
constexpr Size kSmallestBlock = 8 << 10;
constexpr Size kLargestBlock = 256 << 10;
constexpr std::size_t kAhead = 8;  // records asked of memory before they are needed

// What the records, or the blocks, may take.
Size memory() { return std::min(Size{1024} * work_mem, kLargestMemory); }

}  // namespace

KeySort::KeySort(const KeyType& key)
    : type_(key),
      context_(CurrentMemoryContext),
      memory_("winback sort", CurrentMemoryContext),
      records_(memory_.get()) {}

KeySort::~KeySort() {
  if (!file_ || std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction closes it
  detail::run_ignoring_errors([](void* file) { BufFileClose(static_cast<BufFile*>(file)); }, file_);
}

void KeySort::put(Datum key, std::string_view first, std::string_view second) {
  if (records_.taken() + places_.capacity() * sizeof(Place) > memory()) write_run();
  const std::string_view key_bytes = type_.bytes(key);
  const Size key_size = MAXALIGN(key_bytes.size());
  const Size bytes = first.size() + second.size();
  const Size size = sizeof(Record) + key_size + MAXALIGN(bytes);
  if (!AllocSizeIsValid(size))
    throw Error(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "a row of a watched table says too much to be sorted");
  auto* record = static_cast<Record*>(records_.take(size));
  *record = {static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(bytes), key};
  char* const behind = reinterpret_cast<char*>(record + 1);
  std::ranges::copy(key_bytes, behind);
  std::ranges::copy(second, std::ranges::copy(first, behind + key_size).out);
  places_.push_back({key_of(record), record});
}

// Sorts what lies in memory.
void KeySort::sort_memory() {
  type_.sort(places_, [](const Place& place) { return place.key; }, [](const Place&, const Place&) { return false; });
}

// Writes what lies in memory to the file.
void KeySort::write_run() {
  sort_memory();
  const std::int64_t begin = written_;
  const InContext in(context_);
  call([&] {
    if (!file_) file_ = BufFileCreateTemp(false);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (i + kAhead < places_.size()) __builtin_prefetch(places_[i + kAhead].record);
      const Record* record = places_[i].record;
      BufFileWrite(file_, const_cast<Record*>(record), record->size);
      written_ += record->size;
    }
  });
  runs_.push_back({begin, written_, {}, 0, 0, nullptr});
  places_.clear();
  memory_.reset();
  records_ = Bump(memory_.get());
}

void KeySort::sort() {
  if (!file_) return sort_memory();
  if (!places_.empty()) write_run();
  places_.shrink_to_fit();
  const Size block = std::clamp(memory() / runs_.size(), kSmallestBlock, kLargestBlock);
  for (Run& run : runs_) {
    run.block.resize(block);
    if (advance(run)) heap_.push_back(&run);
  }
  std::ranges::make_heap(heap_, after());
}

bool KeySort::next() {
  if (!file_) {
    if (gone_through_ == places_.size()) return false;
    if (gone_through_ + kAhead < places_.size()) __builtin_prefetch(places_[gone_through_ + kAhead].record);
    present_ = places_[gone_through_++].record;
    return true;
  }
  if (present_) {
    // The record that was taken is that of the first run.
    std::ranges::pop_heap(heap_, after());
    if (advance(*heap_.back()))
      std::ranges::push_heap(heap_, after());
    else
      heap_.pop_back();
  }
  if (heap_.empty()) return false;
  present_ = heap_.front()->record;
  return true;
}

std::string_view KeySort::bytes() const {
  const char* const end = reinterpret_cast<const char*>(present_) + present_->size;
  return {end - MAXALIGN(present_->bytes), present_->bytes};
}

// Goes to the next record of a run; false at its end.
bool KeySort::advance(Run& run) {
  if (run.record) run.at += run.record->size;
  if (run.at == run.filled && run.next == run.end) return false;
  if (run.filled - run.at < sizeof(Record)) fill(run, sizeof(Record));
  const Size size = reinterpret_cast<const Record*>(run.block.data() + run.at)->size;
  if (run.filled - run.at < size) fill(run, size);
  run.record = reinterpret_cast<const Record*>(run.block.data() + run.at);
  return true;
}

// Reads on in a run, so that at least so many bytes of it lie in the block.
void KeySort::fill(Run& run, Size wanted) {
  run.filled -= run.at;
  std::copy_n(run.block.begin() + run.at, run.filled, run.block.begin());
  run.at = 0;
  if (run.block.size() < wanted) run.block.resize(wanted);
  const Size size = std::min<std::int64_t>(run.block.size() - run.filled, run.end - run.next);
  call([&] {
    if (BufFileSeek(file_, 0, run.next, SEEK_SET) != 0 ||
        BufFileRead(file_, run.block.data() + run.filled, size) != size)
      ereport(ERROR, (errcode_for_file_access(), errmsg("could not read a temporary file of winback: %m")));
  });
  run.next += size;
  run.filled += size;
}

}  // namespace winback::pg
