// See settings.hpp; called when the library is loaded.
#include "clock/settings.hpp"

#include "clock/now.hpp"
#include "module.hpp"
#include "pg/prelude.hpp"

namespace winback::clock {

int naptime = 60;

void define_settings() {
  define_as_of();
  DefineCustomIntVariable("winback.naptime", "The shortest time between two runs of the worker in one database.",
                          "What falls due is done at most this much later.", &naptime, 60, 1, 24 * 60 * 60, PGC_SIGHUP,
                          GUC_UNIT_S, nullptr, nullptr, nullptr);
}

}  // namespace winback::clock
