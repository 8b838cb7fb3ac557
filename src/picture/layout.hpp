// Where things stand in a picture of time, so that none covers another. Lengths are in pixels.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "picture/local_time.hpp"

namespace winback::picture {

// A stretch of time laid over a stretch of the picture.
struct Scale {
  Local from = 0;
  Local until = kDay;
  double left = 0;
  double right = 1;

  double x(Local at) const;
  // How long a period is here.
  double width(Period period) const;
};

// A place on the axis: what is written beside it, and, where a new year (of days: month) begins, that.
struct Tick {
  Local at = 0;
  std::string label;
  std::string context;
};

// The period of which labels on this axis have room.
Period tick_period(const Scale& scale);
// The ticks of a period on it.
std::vector<Tick> ticks(const Scale& scale, Period period);

// Things at one place of the picture, by their number among all.
struct Cluster {
  double x = 0;
  std::vector<std::size_t> members;
};

// Gathers marks, by ascending x, so that clusters stand at least `width` apart. No mark is moved by more than width /
// 2: a cluster takes in what begins within `width` of its first mark and would stand in its middle; where the cluster
// before is nearer than `width` it gives way to the right. That one stands at most width / 2 right of its own first
// mark, which is at least `width` left of this one's, so this one comes to stand at most width / 2 right of its own.
std::vector<Cluster> spread(const std::vector<double>& xs, double width);

// The shortest period by which to gather bars at these times, ascending, so that each has `least` pixels; none if all
// of them have that already.
std::optional<Period> bar_period(const Scale& scale, const std::vector<Local>& at, double least);

struct Stretch {
  double left = 0;
  double right = 0;
};
// Puts stretches, by ascending left, into rows, each into the first in which it does not meet another; -1: into none.
std::vector<int> pack(const std::vector<Stretch>& stretches, int rows, double gap);

// About how long a text is in this size of type: rather too long than too short.
double text_width(std::string_view text, double size);

}  // namespace winback::picture
