// See ledger_days.hpp.
#include "report/ledger_days.hpp"

#include "capture/frozen.hpp"
#include "capture/notes.hpp"
#include "report/seen.hpp"

extern "C" {
#include "utils/date.h"
}

namespace winback::report {

namespace {

// One row of winback.client.
struct Row {
  bool bought;
  core::Instant last_at;
  PurchaseDays days;
};

// The rows of winback.client that the running statement sees, a portion after the other: only so much of a row is taken
// apart as is needed.
class ClientScan {
 public:
  static constexpr int kPortion = 500;

  explicit ClientScan(Oid client) {
    pg::call([&] {
      table_ = table_open(client, AccessShareLock);
      constexpr std::array names = {"last_order_at", "first_day", "last_day", "purchase_days"};
      for (std::size_t i = 0; i < names.size(); ++i) {
        numbers_[i] = get_attnum(client, names[i]);
        most_ = std::max(most_, numbers_[i]);
      }
      slot_ = table_slot_create(table_, nullptr);
      scan_ = table_beginscan(table_, GetActiveSnapshot(), 0, nullptr);
    });
  }
  ~ClientScan() {
    if (std::uncaught_exceptions() > 0) return;  // the end of the (sub)transaction gives it back
    pg::detail::run_ignoring_errors(
        [](void* arg) {
          auto* self = static_cast<ClientScan*>(arg);
          table_endscan(self->scan_);
          ExecDropSingleTupleTableSlot(self->slot_);
          table_close(self->table_, NoLock);
        },
        this);
  }
  ClientScan(const ClientScan&) = delete;
  ClientScan& operator=(const ClientScan&) = delete;

  // Fills `rows`, which has room for a portion; returns how many there are: 0 at the end.
  int next(Row* rows) {
    return pg::call([&] {
      int count = 0;
      while (count < kPortion && !at_end_) {
        if (!table_scan_getnextslot(scan_, ForwardScanDirection, slot_)) {
          at_end_ = true;  // asked once more, a scan begins again
          break;
        }
        slot_getsomeattrs(slot_, most_);
        const auto value = [&](int i) { return slot_->tts_values[numbers_[i] - 1]; };
        Row& row = rows[count++];
        row.bought = !slot_->tts_isnull[numbers_[0] - 1];
        if (row.bought)
          row = {true, DatumGetTimestampTz(value(0)),
                 {DatumGetInt32(value(3)), DatumGetDateADT(value(1)), DatumGetDateADT(value(2)), 0}};
      }
      return count;
    });
  }

 private:
  Relation table_ = nullptr;
  TupleTableSlot* slot_ = nullptr;
  TableScanDesc scan_ = nullptr;
  std::array<AttrNumber, 4> numbers_{};
  AttrNumber most_ = 0;
  bool at_end_ = false;
};

// Whether rows may lag behind their facts, or are to be left out.
bool may_lag(const capture::Setup& setup) {
  if (capture::notes_taken() || !capture::notes_missed().empty()) return true;
  static SeenTable stale("stale", {"reason"});
  bool lags = pg::call([] {
    bool any = false;
    stale.each([&](const SeenRow&) { any = true; });
    return any;
  });
  capture::each_frozen(setup, [&](Datum) { lags = true; });
  return lags;
}

}  // namespace

bool each_in_ledger(const capture::Setup& setup, core::Instant until, pg::Progress& progress,
                    const std::function<void(const PurchaseDays&)>& visit) {
  if (may_lag(setup)) return false;
  ClientScan scan(setup.tables.client);
  std::array<Row, ClientScan::kPortion> rows;
  while (const int count = scan.next(rows.data())) {
    for (int i = 0; i < count; ++i) {
      progress.step();
      if (!rows[i].bought) continue;
      if (rows[i].last_at > until) return false;
      visit(rows[i].days);
    }
  }
  return true;
}

}  // namespace winback::report
