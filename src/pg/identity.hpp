// Acting as another role, with settings pinned, for a scope.
#pragma once

#include <cstring>
#include <string>

#include "pg/guard.hpp"

namespace winback::pg {

// Acts as a role, without the right to change session state on the way.
class AsRole {
 public:
  explicit AsRole(Oid role) {
    GetUserIdAndSecContext(&before_, &security_);
    SetUserIdAndSecContext(role, security_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  }
  ~AsRole() { SetUserIdAndSecContext(before_, security_); }
  AsRole(const AsRole&) = delete;
  AsRole& operator=(const AsRole&) = delete;

 private:
  Oid before_;
  int security_;
};

// Pins what an expression's meaning may depend on: time zone, search path, how dates and intervals are written, how
// literals and "= NULL" are read; or the search path alone.
class PinnedSettings {
 public:
  explicit PinnedSettings(const std::string& search_path) : level_(NewGUCNestLevel()) {
    pin("search_path", search_path.c_str());
  }
  PinnedSettings(const std::string& time_zone, const std::string& search_path) : PinnedSettings(search_path) {
    pin("TimeZone", time_zone.c_str());
    pin("DateStyle", "ISO, MDY");
    pin("IntervalStyle", "postgres");
    pin("extra_float_digits", "1");
    pin("bytea_output", "hex");
    pin("standard_conforming_strings", "on");
    pin("backslash_quote", "safe_encoding");
    pin("transform_null_equals", "off");
    pin("array_nulls", "on");
    pin("xmloption", "content");
  }
  ~PinnedSettings() {
    detail::run_ignoring_errors([](void* level) { AtEOXact_GUC(true, *static_cast<int*>(level)); }, &level_);
  }
  PinnedSettings(const PinnedSettings&) = delete;
  PinnedSettings& operator=(const PinnedSettings&) = delete;

  // Pins one more setting. Most have their value already: to look is cheaper than to set and to set back.
  void pin(const char* name, const char* value) const {
    call([&] {
      const char* present = GetConfigOption(name, true, false);
      if (present && std::strcmp(present, value) == 0) return;
      (void)set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    });
  }

 private:
  int level_;
};

// Acts as the owner of the ledger, for queries of our own: whoever calls, an operator in them is the server's, never
// one that the caller's search path leads to.
class AsOwner {
 public:
  explicit AsOwner(Oid owner) : role_(owner), settings_("pg_catalog, pg_temp") {}

 private:
  AsRole role_;
  PinnedSettings settings_;
};

}  // namespace winback::pg
