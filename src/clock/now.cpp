// See now.hpp.
#include "clock/now.hpp"

#include <cstdlib>
#include <cstring>

#include "pg/entry.hpp"

extern "C" {
#include "utils/datetime.h"
}

namespace winback::clock {

namespace {

char* as_of_text = nullptr;             // belongs to the setting
const TimestampTz* as_of_at = nullptr;  // its parsed form; null: the setting is empty

// Memory that the server's settings own: its allocator changed with PostgreSQL 16.
#if PG_VERSION_NUM >= 160000
void* setting_alloc(std::size_t size) { return guc_malloc(LOG, size); }
char* setting_copy(const char* text) { return guc_strdup(LOG, text); }
void setting_free(void* memory) { guc_free(memory); }
#else
void* setting_alloc(std::size_t size) { return std::malloc(size); }
char* setting_copy(const char* text) { return ::strdup(text); }
void setting_free(void* memory) { std::free(memory); }
#endif

// Reads a finite timestamp as timestamptz_in does, but answers false where that would raise an error.
bool parse_timestamp(const char* text, TimestampTz* at) {
  char work[MAXDATELEN + MAXDATEFIELDS];
  char* field[MAXDATEFIELDS];
  int field_type[MAXDATEFIELDS];
  int fields = 0;
  int kind = 0;
  struct pg_tm parts = {};
  fsec_t fraction = 0;
  int offset = 0;
  if (ParseDateTime(text, work, sizeof(work), field, field_type, MAXDATEFIELDS, &fields) != 0) return false;
#if PG_VERSION_NUM >= 160000
  DateTimeErrorExtra extra;
  if (DecodeDateTime(field, field_type, fields, &kind, &parts, &fraction, &offset, &extra) != 0) return false;
#else
  if (DecodeDateTime(field, field_type, fields, &kind, &parts, &fraction, &offset) != 0) return false;
#endif
  return kind == DTK_DATE && tm2timestamp(&parts, fraction, &offset, at) == 0;
}

// Writes a timestamp so that it reads the same in every session: a parallel worker reads the setting once more.
bool print_timestamp(TimestampTz at, char* text) {
  struct pg_tm parts = {};
  fsec_t fraction = 0;
  int offset = 0;
  const char* zone = nullptr;
  if (timestamp2tm(at, &offset, &parts, &fraction, &zone, nullptr) != 0) return false;
  EncodeDateTime(&parts, fraction, true, offset, zone, USE_ISO_DATES, text);
  return true;
}

// Check hook: parses the value once, and puts the unambiguous spelling in its place.
bool check_as_of(char** value, void** extra, GucSource) {
  if (**value == '\0') return true;
  TimestampTz at = 0;
  char text[MAXDATELEN + 1];
  if (!parse_timestamp(*value, &at) || !print_timestamp(at, text)) {
    GUC_check_errdetail("\"%s\" is not a finite timestamp with time zone.", *value);
    GUC_check_errhint("Give an instant such as 2024-05-01 12:00+00, or an empty string for the present.");
    return false;
  }
  auto* parsed = static_cast<TimestampTz*>(setting_alloc(sizeof(TimestampTz)));
  char* spelling = setting_copy(text);
  if (!parsed || !spelling) return false;
  *parsed = at;
  setting_free(*value);
  *value = spelling;
  *extra = parsed;
  return true;
}

// Assign hook: the value, or a savepoint's older one, is in force.
void assign_as_of(const char*, void* extra) { as_of_at = static_cast<const TimestampTz*>(extra); }

}  // namespace

core::Instant now() { return as_of_at ? *as_of_at : GetCurrentTransactionStartTimestamp(); }

void live_in_the_present() { SetConfigOption("winback.as_of", "", PGC_SUSET, PGC_S_OVERRIDE); }

void define_as_of() {
  DefineCustomStringVariable("winback.as_of", "The instant at which winback's clock stands in this session.",
                             "Empty: the present. The background worker lives in the present always.", &as_of_text, "",
                             PGC_SUSET, 0, check_as_of, assign_as_of, nullptr);
}

}  // namespace winback::clock

// winback.now()
WINBACK_FUNCTION(winback_now) { return TimestampTzGetDatum(winback::clock::now()); }
