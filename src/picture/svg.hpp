// Writes SVG: elements one after the other, attributes and texts escaped. What is written is ASCII but for the texts
// that are given, so it stands in any encoding of a database.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace winback::picture {

// A length or a place, to a tenth of a pixel.
std::string number_text(double value);
// Text as it may stand in an attribute or between tags. Control characters, which XML 1.0 cannot hold, become blanks.
std::string escaped(std::string_view text);

// A name for what a picture refers to within itself, made of its texts: of its own where several stand in one page.
std::string id_of(std::initializer_list<std::string_view> texts);

class Svg {
 public:
  // Begins an element; its attributes follow, then what it holds.
  Svg& open(std::string_view name);
  Svg& with(std::string_view attribute, std::string_view value);
  Svg& with(std::string_view attribute, double value) { return with(attribute, number_text(value)); }
  // Text within the element.
  Svg& text(std::string_view words);
  // Markup that is right already.
  Svg& raw(std::string_view markup);
  // A <title>, which browsers show as a tooltip; none where it is empty.
  Svg& title(std::string_view words);
  // Ends the innermost element that is open.
  Svg& close();

  const std::string& str() const { return out_; }

 private:
  void finish_tag();

  std::string out_;
  std::vector<std::string> open_;
  bool in_tag_ = false;
};

}  // namespace winback::picture
