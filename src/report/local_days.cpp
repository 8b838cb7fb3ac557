// See local_days.hpp.
#include "report/local_days.hpp"

#include "report/seen.hpp"

namespace winback::report {

namespace {

// The name of the time zone, in the current context.
const char* time_zone() {
  static SeenTable policy("policy", {"timezone"});
  return pg::call([&] {
    const Oid schema = get_namespace_oid("winback", true);
    const char* name = pg_get_timezone_name(session_timezone);
    if (!OidIsValid(schema) || !OidIsValid(get_relname_relid("policy", schema))) return name;
    policy.each([&](const SeenRow& row) { name = TextDatumGetCString(row.value(0)); });
    return name;
  });
}

}  // namespace

const pg::ServerCalendar& calendar_of(FunctionCallInfo fcinfo) {
  auto*& kept = reinterpret_cast<pg::ServerCalendar*&>(fcinfo->flinfo->fn_extra);
  if (kept) return *kept;
  const MemoryContext memory = fcinfo->flinfo->fn_mcxt;
  auto* ending = static_cast<MemoryContextCallback*>(
      pg::call([&] { return MemoryContextAllocZero(memory, sizeof(MemoryContextCallback)); }));
  constexpr unsigned kEveryDay = 0xfe;
  kept = new pg::ServerCalendar(time_zone(), kEveryDay, {});
  ending->func = [](void* calendar) { delete static_cast<pg::ServerCalendar*>(calendar); };
  ending->arg = kept;
  MemoryContextRegisterResetCallback(memory, ending);
  return *kept;
}

}  // namespace winback::report
