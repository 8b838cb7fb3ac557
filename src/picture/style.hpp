// How a time line looks: its measures in pixels, its style sheet, and the words of its legend.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace winback::picture {

inline constexpr double kWidth = 960;
inline constexpr double kMargin = 20;
inline constexpr double kLeft = 136;  // of the axis; lanes' names stand left of it
inline constexpr double kRight = 936;
inline constexpr double kTop = 84;  // of the first lane

// The style sheet; `id` begins the names of what it refers to.
std::string style_sheet();
// The stripes of what is lost, as a pattern of this name.
std::string stripes(std::string_view id);

// An entry of the legend.
struct LegendEntry {
  std::string_view shape;
  std::string_view style;
  std::string_view words;
};
// All there are, in the order in which they are shown.
const std::vector<LegendEntry>& legend_entries();

}  // namespace winback::picture
