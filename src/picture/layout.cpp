// See layout.hpp.
#include "picture/layout.hpp"

#include <algorithm>

namespace winback::picture {

namespace {

constexpr double kTickRoom = 46;     // between two labels of the axis
constexpr double kContextRoom = 70;  // between two years, or months, below them

// What is written at a tick, and what above it in the calendar it is part of.
Tick tick_at(Local at, Period period) {
  const Date date = date_of(at);
  switch (period.unit) {
    case Unit::day:
    case Unit::week:
      return {at, std::to_string(date.day), month_name(date.month, false) + ' ' + year_text(date.year)};
    case Unit::month:
    case Unit::quarter:
      return {at, month_name(date.month, false), year_text(date.year)};
    case Unit::year:
      break;
  }
  return {at, year_text(date.year), ""};
}

}  // namespace

double Scale::x(Local at) const {
  const auto share = static_cast<double>(at - from) / static_cast<double>(until - from);
  return left + share * (right - left);
}

double Scale::width(Period period) const {
  const Local start = begin_of(from, period);
  return x(after(start, period)) - x(start);
}

Period tick_period(const Scale& scale) {
  Period period;
  while (scale.width(period) < kTickRoom) period = longer(period);
  return period;
}

std::vector<Tick> ticks(const Scale& scale, Period period) {
  std::vector<Tick> found;
  for (Local at = begin_of(scale.from, period); at <= scale.until; at = after(at, period))
    if (at >= scale.from) found.push_back(tick_at(at, period));
  // A context stands at its first tick; that of the very first gives way where the next one is too near.
  std::string context;
  for (Tick& tick : found) {
    if (tick.context == context)
      tick.context.clear();
    else
      context = tick.context;
  }
  const auto next = found.empty() ? found.end() : std::find_if(found.begin() + 1, found.end(), [](const Tick& tick) {
    return !tick.context.empty();
  });
  if (next != found.end() && scale.x(next->at) - scale.x(found.front().at) < kContextRoom)
    found.front().context.clear();
  return found;
}

std::vector<Cluster> spread(const std::vector<double>& xs, double width) {
  std::vector<Cluster> clusters;
  for (std::size_t i = 0; i < xs.size();) {
    Cluster cluster;
    const double first = xs[i];
    for (; i < xs.size() && xs[i] - first < width; ++i) cluster.members.push_back(i);
    cluster.x = (first + xs[i - 1]) / 2;
    if (!clusters.empty()) cluster.x = std::max(cluster.x, clusters.back().x + width);
    clusters.push_back(std::move(cluster));
  }
  return clusters;
}

std::optional<Period> bar_period(const Scale& scale, const std::vector<Local>& at, double least) {
  const auto crowded = [&](Local a, Local b) { return scale.x(b) - scale.x(a) < least; };
  if (std::adjacent_find(at.begin(), at.end(), crowded) == at.end()) return std::nullopt;
  Period period;
  while (scale.width(period) < least) period = longer(period);
  return period;
}

std::vector<int> pack(const std::vector<Stretch>& stretches, int rows, double gap) {
  std::vector<double> ends;
  std::vector<int> places;
  for (const Stretch& stretch : stretches) {
    auto row = std::find_if(ends.begin(), ends.end(), [&](double end) { return end + gap <= stretch.left; });
    if (row == ends.end() && static_cast<int>(ends.size()) < rows) row = ends.insert(row, stretch.right);
    if (row == ends.end()) {
      places.push_back(-1);
      continue;
    }
    *row = stretch.right;
    places.push_back(static_cast<int>(row - ends.begin()));
  }
  return places;
}

double text_width(std::string_view text, double size) {
  double ems = 0;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0xe3)
      ems += 1;  // ideographs
    else if (byte >= 0xc0 || (byte >= 'A' && byte <= 'Z'))
      ems += 0.72;
    else if (byte < 0x80)
      ems += 0.6;  // what is left continues a letter
  }
  return ems * size;
}

}  // namespace winback::picture
