// See amount.hpp.
#include "picture/amount.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace winback::picture {

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int decimals_of(const std::string& text) {
  const auto point = text.find('.');
  return point == std::string::npos ? 0 : std::min(6, static_cast<int>(text.size() - point - 1));
}

std::string amount_text(double value, int decimals) {
  std::array<char, 400> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, decimals).ptr;
  std::string text(digits.begin(), end);
  const auto point = std::min(text.find('.'), text.size());
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t place = point; place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

}  // namespace winback::picture
