// See guard.hpp.
#include "pg/guard.hpp"

namespace winback::pg::detail {

namespace {

// Puts the server's error-handling stacks back as they were, also when a C++ exception passes.
class ErrorStacks {
 public:
  ErrorStacks() : exception_(PG_exception_stack), context_(error_context_stack) {}
  ~ErrorStacks() { restore(); }
  void restore() const {
    PG_exception_stack = exception_;
    error_context_stack = context_;
  }

 private:
  sigjmp_buf* exception_;
  ErrorContextCallback* context_;
};

}  // namespace

ErrorData* run_guarded(void (*fn)(void*), void* arg) {
  const ErrorStacks stacks;
  const MemoryContext context = CurrentMemoryContext;
  sigjmp_buf jump;
  if (sigsetjmp(jump, 0) == 0) {
    PG_exception_stack = &jump;
    fn(arg);
    return nullptr;
  }
  stacks.restore();
  MemoryContextSwitchTo(AllocSetContextCreateInternal(TopMemoryContext, "winback error", ALLOCSET_SMALL_SIZES));
  ErrorData* error = CopyErrorData();
  MemoryContextSwitchTo(context);
  FlushErrorState();
  return error;
}

void run_ignoring_errors(void (*fn)(void*), void* arg) {
  if (ErrorData* error = run_guarded(fn, arg)) free_error(error);
}

}  // namespace winback::pg::detail
