// Memory contexts as scopes.
#pragma once

#include "pg/guard.hpp"

namespace winback::pg {

// Makes a context current for a scope.
class InContext {
 public:
  explicit InContext(MemoryContext context) : before_(MemoryContextSwitchTo(context)) {}
  ~InContext() { MemoryContextSwitchTo(before_); }
  InContext(const InContext&) = delete;
  InContext& operator=(const InContext&) = delete;

 private:
  MemoryContext before_;
};

// A context that is deleted with its scope.
class OwnContext {
 public:
  OwnContext(const char* name, MemoryContext parent)
      : context_(call([&] { return AllocSetContextCreateInternal(parent, name, ALLOCSET_DEFAULT_SIZES); })) {}
  ~OwnContext() { MemoryContextDelete(context_); }
  OwnContext(const OwnContext&) = delete;
  OwnContext& operator=(const OwnContext&) = delete;

  MemoryContext get() const { return context_; }
  void reset() const { MemoryContextReset(context_); }

 private:
  MemoryContext context_;
};

}  // namespace winback::pg
