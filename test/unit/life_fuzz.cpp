// libFuzzer's way to the properties in support/random_life.cpp: its bytes are the choices of which a life is made.
#include <cstdio>
#include <cstdlib>

#include "support/random_life.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto choose = [&, next = std::size_t{0}](std::uint32_t below) mutable {
    return next < size ? data[next++] % below : 0;
  };
  const auto life = winback::test::random_life(choose);
  const std::string complaints = winback::test::complaints_about(life);
  if (complaints.empty()) return 0;
  std::fprintf(stderr, "%s%s", winback::test::describe(life).c_str(), complaints.c_str());
  std::abort();
}
