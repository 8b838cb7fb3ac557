// See svg.hpp.
#include "picture/svg.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace winback::picture {

std::string number_text(double value) {
  std::array<char, 64> text{};
  const double rounded = std::round(value * 10) / 10 + 0.0;  // no negative zero
  const auto end = std::to_chars(text.begin(), text.end(), rounded).ptr;
  return {text.begin(), end};
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(letter) < ' ' && letter != '\n' ? ' ' : letter;
    }
  }
  return out;
}

void Svg::finish_tag() {
  if (in_tag_) out_ += '>';
  in_tag_ = false;
}

// By FNV-1a.
std::string id_of(std::initializer_list<std::string_view> texts) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::string_view text : texts)
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  std::array<char, 24> name{};
  std::snprintf(name.data(), name.size(), "winback-%08x", static_cast<unsigned>(hash ^ (hash >> 32)));
  return name.data();
}

Svg& Svg::open(std::string_view name) {
  finish_tag();
  out_.append("<").append(name);
  open_.emplace_back(name);
  in_tag_ = true;
  return *this;
}

Svg& Svg::with(std::string_view attribute, std::string_view value) {
  out_.append(" ").append(attribute).append("=\"").append(escaped(value)).append("\"");
  return *this;
}

Svg& Svg::text(std::string_view words) { return raw(escaped(words)); }

Svg& Svg::raw(std::string_view markup) {
  finish_tag();
  out_.append(markup);
  return *this;
}

Svg& Svg::title(std::string_view words) {
  if (words.empty()) return *this;
  return open("title").text(words).close();
}

Svg& Svg::close() {
  if (in_tag_)
    out_ += "/>";
  else
    out_.append("</").append(open_.back()).append(">");
  in_tag_ = false;
  open_.pop_back();
  if (open_.size() <= 1) out_ += '\n';
  return *this;
}

}  // namespace winback::picture
