// See timeline.hpp.
#include "picture/timeline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "picture/amount.hpp"
#include "picture/layout.hpp"
#include "picture/style.hpp"
#include "picture/svg.hpp"

namespace winback::picture {

namespace {

constexpr std::array<std::string_view, 4> kShapes = {"band", "bar", "dot", "span"};
constexpr Local kLeastSpan = 21 * kDay;  // a life of one day is shown within three weeks
constexpr double kBand = 24, kBars = 76, kDot = 18, kSpan = 15, kLaneGap = 12;
constexpr double kLeastBand = 2.5, kLeastTask = 6;
constexpr double kBarRoom = 7;  // the least from one bar to the next
constexpr int kSpanRows = 3;
constexpr std::size_t kMostTitles = 12;  // lines of a tooltip

// The marks of one lane.
using Lane = std::vector<const Mark*>;

class Drawing {
 public:
  explicit Drawing(const Timeline& timeline)
      : timeline_(timeline), id_(id_of({timeline.title, timeline.subtitle, timeline.description})) {
    for (const Mark& mark : timeline.marks) {
      if (lanes_.empty() || lanes_.back().front()->lane != mark.lane) lanes_.emplace_back();
      lanes_.back().push_back(&mark);
    }
    set_scale();
  }

  std::string draw();

 private:
  std::string apart(const std::function<void()>& part);
  void set_scale();
  void lane_name(std::string_view name, double middle);
  void draw_lane(const Lane& lane);
  void draw_bands(const Lane& lane);
  void draw_bars(const Lane& lane);
  void draw_bar(double x, double width, double height, const std::string& title);
  void draw_dots(const Lane& lane);
  void draw_dot_row(const std::vector<const Mark*>& marks, double middle);
  void draw_dot(const Mark& mark, double x, double middle);
  void draw_several(const std::vector<const Mark*>& marks, double x, double middle);
  void draw_spans(const Lane& lane);
  double draw_axis(double bottom);
  void draw_clock(double bottom);
  double draw_legend(double top);
  double place_in(double x) const { return std::clamp(x, kLeft, kRight); }
  void label_on(std::string_view label, std::string_view style, double x, double y, bool tiny);

  const Timeline& timeline_;
  std::string id_;
  std::vector<Lane> lanes_;
  Scale scale_;
  Svg svg_;  // the lanes
  double y_ = kTop;
  std::set<std::pair<std::string, std::string>> used_;  // shapes and styles, for the legend
};

// From the first mark to the last, or the clock; with a little air, and not too short.
void Drawing::set_scale() {
  Local first = timeline_.clock;
  Local last = timeline_.clock;
  for (const Mark& mark : timeline_.marks) {
    first = std::min(first, mark.from);
    last = std::max({last, mark.from, mark.until.value_or(mark.from)});
  }
  const Local lacking = std::max<Local>(0, kLeastSpan - (last - first));
  const Local air = (last - first + lacking) / 40;
  scale_ = {first - lacking / 2 - air, last + lacking / 2 + air, kLeft, kRight};
}

// Letters on a mark.
void Drawing::label_on(std::string_view label, std::string_view style, double x, double y, bool tiny) {
  svg_.open("text").with("x", x).with("y", y);
  svg_.with("class", std::string(tiny ? "on tiny on-" : "on on-").append(style)).text(label).close();
}

// A lane's name, left of it.
void Drawing::lane_name(std::string_view name, double middle) {
  svg_.open("text").with("x", kMargin).with("y", middle + 4).text(name).close();
}

void Drawing::draw_lane(const Lane& lane) {
  svg_.open("g");
  switch (lane.front()->shape) {
    case Shape::band:
      draw_bands(lane);
      break;
    case Shape::bar:
      draw_bars(lane);
      break;
    case Shape::dot:
      draw_dots(lane);
      break;
    case Shape::span:
      draw_spans(lane);
      break;
  }
  svg_.close();
  y_ += kLaneGap;
}

// The short ones are drawn last and no narrower than can be seen: an hour of being lost tells more than the two years
// of which it takes a pixel.
void Drawing::draw_bands(const Lane& lane) {
  lane_name(lane.front()->lane, y_ + kBand / 2);
  for (const bool short_ones : {false, true}) {
    for (const Mark* mark : lane) {
      const double left = place_in(scale_.x(mark->from));
      const double right = mark->until ? place_in(scale_.x(*mark->until)) : kRight;
      if ((right - left < kLeastBand) != short_ones || (mark->until && *mark->until <= mark->from)) continue;
      const bool to_come = mark->from >= timeline_.clock;
      used_.emplace("band", mark->style);
      svg_.open("rect").with("x", left).with("y", y_).with("width", std::max(right - left, kLeastBand));
      svg_.with("height", kBand).with("class", "band " + mark->style + (to_come ? " expected" : ""));
      if (mark->style == "lost") svg_.with("style", "fill:url(#" + id_ + "-lost)");
      svg_.title(mark->title).close();
      if (text_width(mark->label, 11) + 8 < right - left)
        label_on(mark->label, to_come ? "expected" : mark->style, (left + right) / 2, y_ + kBand / 2 + 4, false);
    }
  }
  y_ += kBand;
}

void Drawing::draw_bar(double x, double width, double height, const std::string& title) {
  const bool back = height < 0;
  const double length = std::max(std::abs(height), 2.0);
  used_.emplace("bar", back ? "back" : "plain");
  svg_.open("rect").with("x", x - width / 2).with("y", back ? y_ : y_ - length).with("width", width);
  svg_.with("height", length).with("class", back ? "bar back" : "bar").title(title).close();
}

// Bars of what is bought stand on a line, those of what is given back hang from it. Where they are too many to stand
// side by side there is one of each a period, of the sum.
void Drawing::draw_bars(const Lane& lane) {
  struct Bar {
    double x, amount;
    std::string title;
  };
  std::vector<Local> times;
  int decimals = 0;
  for (const Mark* mark : lane) {
    times.push_back(mark->from);
    decimals = std::max(decimals, decimals_of(mark->amount));
  }
  const auto period = bar_period(scale_, times, kBarRoom);
  std::vector<Bar> bars;
  if (!period) {
    for (const Mark* mark : lane) bars.push_back({scale_.x(mark->from), number_of(mark->amount), mark->title});
  } else {
    for (auto mark = lane.begin(); mark != lane.end();) {
      const Local start = begin_of((*mark)->from, *period);
      const Local end = after(start, *period);
      std::array<double, 2> sums{};  // bought, given back
      std::array<int, 2> counts{};
      for (; mark != lane.end() && (*mark)->from < end; ++mark) {
        const double amount = number_of((*mark)->amount);
        sums[amount < 0] += amount;
        ++counts[amount < 0];
      }
      for (const int back : {0, 1}) {
        if (counts[back] == 0) continue;
        const char* const what = back ? "return" : "purchase";
        bars.push_back({place_in((scale_.x(start) + scale_.x(end)) / 2), sums[back],
                        name_of(start, *period) + ": " + std::to_string(counts[back]) + ' ' + what +
                            (counts[back] == 1 ? ", " : "s, ") + amount_text(sums[back], decimals)});
      }
    }
  }

  double highest = 0;
  double lowest = 0;
  for (const Bar& bar : bars) highest = std::max(highest, bar.amount), lowest = std::min(lowest, bar.amount);
  const double unit = highest - lowest > 0 ? kBars / (highest - lowest) : 0;
  const double width = period ? std::min(scale_.width(*period) - 1.5, 22.0) : 5;
  const double top = y_;
  y_ += std::max(highest * unit, 2.0);
  lane_name(lane.front()->lane, (top + y_) / 2 - (period ? 6 : 0));
  if (period) {
    svg_.open("text").with("x", kMargin).with("y", (top + y_) / 2 + 12).with("class", "soft small");
    svg_.text(name_of(*period)).close();
  }
  if (highest > 0) {
    svg_.open("line")
        .with("x1", kLeft)
        .with("x2", kRight)
        .with("y1", top)
        .with("y2", top)
        .with("class", "grid")
        .close();
    svg_.open("text").with("x", kLeft - 6).with("y", top + 8).with("class", "soft small").with("text-anchor", "end");
    svg_.text(amount_text(highest, highest >= 1000 ? 0 : decimals)).close();
  }
  for (const Bar& bar : bars) draw_bar(bar.x, width, bar.amount * unit, bar.title);
  svg_.open("line").with("x1", kLeft).with("x2", kRight).with("y1", y_).with("y2", y_).with("class", "line").close();
  y_ += std::max(-lowest * unit, 0.0);
}

void Drawing::draw_dot(const Mark& mark, double x, double middle) {
  // A span is one that has found no row, and its label has no room.
  const std::string shape(kShapes[static_cast<int>(mark.shape)]);
  const bool is_labelled = mark.shape == Shape::dot && !mark.label.empty();
  used_.emplace(shape, mark.style);
  svg_.open("circle").with("cx", x).with("cy", middle).with("r", is_labelled ? 7 : 5);
  svg_.with("class", shape + ' ' + mark.style).title(mark.title).close();
  if (is_labelled) label_on(mark.label, mark.style, x, middle + 3.5, true);
}

// A box with the number of marks that are too near to each other to be drawn.
void Drawing::draw_several(const std::vector<const Mark*>& marks, double x, double middle) {
  std::string title;
  for (std::size_t i = 0; i < std::min(marks.size(), kMostTitles); ++i) title += marks[i]->title + '\n';
  if (marks.size() > kMostTitles) title += "and " + std::to_string(marks.size() - kMostTitles) + " more";
  const bool alike = std::ranges::all_of(marks, [&](const Mark* mark) { return mark->style == marks.front()->style; });
  const std::string shape(kShapes[static_cast<int>(marks.front()->shape)]);
  used_.emplace("several", "several");
  if (alike) used_.emplace(shape, marks.front()->style);
  const double half = kDot / 2 - 0.5;
  svg_.open("rect").with("x", x - half).with("y", middle - 7).with("width", 2 * half).with("height", 14).with("rx", 3);
  svg_.with("class", alike ? shape + ' ' + marks.front()->style : "several").title(title).close();
  svg_.open("text").with("x", x).with("y", middle + 3.2);
  svg_.with("class", "on tinier on-" + (alike ? marks.front()->style : "several"));
  svg_.raw(marks.size() > 99 ? "&gt;99" : "&#215;" + std::to_string(marks.size())).close();
}

// Marks that have room stand where they belong, the others as one with their number.
void Drawing::draw_dot_row(const std::vector<const Mark*>& marks, double middle) {
  std::vector<double> xs;
  for (const Mark* mark : marks) xs.push_back(scale_.x(mark->from));
  for (const Cluster& cluster : spread(xs, kDot)) {
    std::vector<const Mark*> members;
    for (const std::size_t member : cluster.members) members.push_back(marks[member]);
    if (members.size() == 1)
      draw_dot(*members.front(), cluster.x, middle);
    else
      draw_several(members, cluster.x, middle);
  }
}

void Drawing::draw_dots(const Lane& lane) {
  const double middle = y_ + kDot / 2;
  lane_name(lane.front()->lane, middle);
  svg_.open("line").with("x1", kLeft).with("x2", kRight).with("y1", middle).with("y2", middle);
  svg_.with("class", "grid").close();
  draw_dot_row(lane, middle);
  y_ += kDot;
}

// Spans that overlap stand in rows; what three rows do not hold stands in one more, as marks.
void Drawing::draw_spans(const Lane& lane) {
  lane_name(lane.front()->lane, y_ + kSpan / 2);
  std::vector<Stretch> stretches;
  for (const Mark* mark : lane) {
    const double right = scale_.x(std::max(mark->from, mark->until.value_or(timeline_.clock)));
    stretches.push_back({std::min(scale_.x(mark->from), right - kLeastTask), right});
  }
  const std::vector<int> rows = pack(stretches, kSpanRows, 3);
  std::vector<const Mark*> left_over;
  int last_row = 0;
  for (std::size_t i = 0; i < lane.size(); ++i) {
    if (rows[i] < 0) {
      left_over.push_back(lane[i]);
      continue;
    }
    last_row = std::max(last_row, rows[i]);
    const Mark& mark = *lane[i];
    const auto [left, right] = stretches[i];
    const double top = y_ + rows[i] * (kSpan + 3);
    used_.emplace("span", mark.style);
    svg_.open("rect").with("x", left).with("y", top).with("width", right - left).with("height", kSpan).with("rx", 3);
    svg_.with("class", "span " + mark.style).title(mark.title).close();
    if (text_width(mark.label, 9.5) + 6 < right - left)
      label_on(mark.label, mark.style, (left + right) / 2, top + kSpan / 2 + 3.5, true);
  }
  y_ += last_row * (kSpan + 3) + kSpan;
  if (left_over.empty()) return;
  y_ += 3;
  draw_dot_row(left_over, y_ + kDot / 2);
  y_ += kDot;
}

// Lines through all lanes, and below them what they mean; returns where that ends.
double Drawing::draw_axis(double bottom) {
  const Period period = tick_period(scale_);
  double end = bottom + 20;
  svg_.open("g").with("class", "axis");
  for (const Tick& tick : ticks(scale_, period)) {
    const double x = scale_.x(tick.at);
    svg_.open("line").with("x1", x).with("x2", x).with("y1", kTop - 6).with("y2", bottom + 4);
    svg_.with("class", "grid").close();
    svg_.open("text").with("x", x).with("y", bottom + 17).with("text-anchor", "middle").text(tick.label).close();
    if (tick.context.empty()) continue;
    end = bottom + 34;
    svg_.open("text").with("x", x).with("y", bottom + 31).with("text-anchor", "middle").with("font-weight", "600");
    svg_.text(tick.context).close();
  }
  svg_.open("line").with("x1", kLeft).with("x2", kRight).with("y1", bottom).with("y2", bottom).with("class", "line");
  svg_.close();
  svg_.close();
  return end;
}

// Where the clock stands; what is right of it is still to come.
void Drawing::draw_clock(double bottom) {
  const double x = scale_.x(timeline_.clock);
  const std::string label = "now, " + date_text(timeline_.clock);
  const double half = text_width(label, 11) / 2;
  svg_.open("line").with("x1", x).with("x2", x).with("y1", kTop - 8).with("y2", bottom).with("class", "clock").close();
  svg_.open("text").with("x", std::min(x, kWidth - kMargin - half)).with("y", kTop - 13).with("class", "small");
  svg_.with("text-anchor", "middle").text(label).close();
}

// What the styles mean that were used; returns where it ends.
double Drawing::draw_legend(double top) {
  double x = kLeft;
  double y = top;
  svg_.open("g").with("class", "small");
  for (const LegendEntry& entry : legend_entries()) {
    if (!used_.contains({std::string(entry.shape), std::string(entry.style)})) continue;
    const double width = 20 + text_width(entry.words, 11) + 12;
    if (x + width > kRight) x = kLeft, y += 20;
    const std::string style(entry.style);
    if (entry.shape == "dot") {
      svg_.open("circle").with("cx", x + 7).with("cy", y - 4).with("r", 5).with("class", "dot " + style).close();
    } else if (entry.shape == "bar") {
      svg_.open("rect").with("x", x + 5).with("y", y - 10).with("width", 5).with("height", 11);
      svg_.with("class", style == "back" ? "bar back" : "bar").close();
    } else {
      svg_.open("rect").with("x", x).with("y", y - 10).with("width", 14).with("height", 12).with("rx", 2);
      svg_.with("class", entry.shape == "several" ? style : std::string(entry.shape) + ' ' + style);
      if (style == "lost") svg_.with("style", "fill:url(#" + id_ + "-lost)");
      svg_.close();
    }
    svg_.open("text").with("x", x + 20).with("y", y).text(entry.words).close();
    x += width;
  }
  svg_.close();
  return y;
}

// What is drawn into `part`, taken out of the picture so far.
std::string Drawing::apart(const std::function<void()>& part) {
  Svg before = std::exchange(svg_, Svg());
  part();
  return std::exchange(svg_, std::move(before)).str();
}

// The lanes come first, for their number says how high the picture is; yet the lines of the axis stand behind them.
std::string Drawing::draw() {
  double bottom = 0;
  double height = 0;
  const std::string lanes = apart([&] {
    for (const Lane& lane : lanes_) draw_lane(lane);
    bottom = y_;
  });
  const std::string axis = apart([&] {
    height = draw_axis(bottom);
    draw_clock(bottom);
  });
  const std::string legend = apart([&] { height = draw_legend(height + 26) + 18; });

  svg_.open("svg").with("xmlns", "http://www.w3.org/2000/svg").with("class", "winback");
  svg_.with("viewBox", "0 0 " + number_text(kWidth) + ' ' + number_text(height)).with("width", kWidth);
  svg_.with("height", height).with("role", "img").with("aria-labelledby", id_ + "-title " + id_ + "-desc");
  svg_.open("title").with("id", id_ + "-title").text(timeline_.title).close();
  svg_.open("desc").with("id", id_ + "-desc").text(timeline_.description).close();
  svg_.open("style").raw(style_sheet()).close().raw(stripes(id_ + "-lost"));
  svg_.open("rect").with("width", kWidth).with("height", height).with("class", "paper").close();
  svg_.open("text").with("x", kMargin).with("y", 32).with("class", "head").text(timeline_.title).close();
  svg_.open("text").with("x", kMargin).with("y", 52).with("class", "soft").text(timeline_.subtitle).close();
  const double now = place_in(scale_.x(timeline_.clock));
  svg_.open("rect").with("x", now).with("y", kTop - 6).with("width", kRight - now).with("height", bottom - kTop + 6);
  svg_.with("class", "to-come").close();
  svg_.raw(axis).raw(lanes).raw(legend).close();
  return svg_.str();
}

}  // namespace

std::optional<Shape> shape_named(std::string_view name) {
  const auto found = std::ranges::find(kShapes, name);
  if (found == kShapes.end()) return std::nullopt;
  return static_cast<Shape>(found - kShapes.begin());
}

std::string draw(const Timeline& timeline) { return Drawing(timeline).draw(); }

}  // namespace winback::picture
