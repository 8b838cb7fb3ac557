// Models as SQL names them.
#pragma once

#include <string>

#include "core/model.hpp"
#include "pg/error.hpp"

namespace winback::report {

// The model of this name; an Error where there is none.
inline core::Model model_given(const std::string& name) {
  if (const auto model = core::model_named(name)) return *model;
  throw pg::Error(ERRCODE_INVALID_PARAMETER_VALUE, "model \"" + name + "\" does not exist", {},
                  "Known are mbg/nbd, bg/nbd and pareto/nbd, of orders, and gamma/gamma, of their value.");
}

}  // namespace winback::report
