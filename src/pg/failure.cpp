// See failure.hpp.
#include "pg/failure.hpp"

#include <cstring>
#include <new>

namespace winback::pg {

namespace {

// Copies as much of the text as fits.
template <std::size_t size>
void copy_text(char (&to)[size], const char* from) {
  std::strncpy(to, from ? from : "", size - 1);
  to[size - 1] = '\0';
}

// Keeps an error until the next one is kept: after ReThrowError nobody is left to free it.
ErrorData* keep(ErrorData* error) noexcept {
  static ErrorData* kept = nullptr;
  if (kept) free_error(kept);
  return kept = error;
}

}  // namespace

Failure describe_current_exception() noexcept {
  Failure failure;
  try {
    throw;
  } catch (const ServerError& error) {
    failure.sqlstate = error.sqlstate();
    copy_text(failure.message, error.data()->message);
    copy_text(failure.detail, error.data()->detail);
    copy_text(failure.hint, error.data()->hint);
    failure.server = keep(error.take());
  } catch (const Error& error) {
    failure.sqlstate = error.sqlstate();
    copy_text(failure.message, error.what());
    copy_text(failure.detail, error.detail().c_str());
    copy_text(failure.hint, error.hint().c_str());
  } catch (const std::bad_alloc&) {
    failure.sqlstate = ERRCODE_OUT_OF_MEMORY;
    copy_text(failure.message, "out of memory");
  } catch (const std::exception& error) {
    failure.sqlstate = ERRCODE_INTERNAL_ERROR;
    copy_text(failure.message, error.what());
  } catch (...) {
    failure.sqlstate = ERRCODE_INTERNAL_ERROR;
    copy_text(failure.message, "unknown C++ exception");
  }
  return failure;
}

void raise(const Failure& failure) {
  if (failure.server) ReThrowError(failure.server);
  ereport(ERROR, (errcode(failure.sqlstate), errmsg_internal("%s", failure.message),
                  failure.detail[0] ? errdetail_internal("%s", failure.detail) : 0,
                  failure.hint[0] ? errhint("%s", failure.hint) : 0));
  pg_unreachable();
}

void warn(const char* what_failed, const Failure& failure) {
  ereport(WARNING, (errcode(failure.sqlstate), errmsg_internal("%s: %s", what_failed, failure.message),
                    failure.detail[0] ? errdetail_internal("%s", failure.detail) : 0,
                    failure.hint[0] ? errhint("%s", failure.hint) : 0));
}

}  // namespace winback::pg
