// Pictures of time: the calendar of the axis, where marks stand, and what is drawn.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "picture/layout.hpp"
#include "picture/svg.hpp"
#include "picture/timeline.hpp"

namespace winback::picture {
namespace {

Local on(std::int64_t year, int month, int day) { return start_of({year, month, day}); }

TEST(LocalTime, CountsDaysFromTheYear2000) {
  EXPECT_EQ(on(2000, 1, 1), 0);
  EXPECT_EQ(on(2000, 3, 1), 60 * kDay);
  EXPECT_EQ(on(1970, 1, 1), -10'957 * kDay);
  EXPECT_EQ(date_text(-1), "1999-12-31");
  EXPECT_EQ(time_text(on(2024, 2, 29) + kDay / 2), "2024-02-29 12:00");
}

TEST(LocalTime, KnowsEveryDateAgain) {
  for (std::int64_t day = -800'000; day < 800'000; ++day) {
    const Date date = date_of(day * kDay);
    ASSERT_EQ(start_of(date), day * kDay);
    ASSERT_TRUE(date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31);
  }
}

TEST(LocalTime, WritesYearsBeforeOne) {
  EXPECT_EQ(date_text(on(1, 1, 1) - kDay), "0001-12-31 BC");
  EXPECT_EQ(year_text(-43), "44 BC");
}

TEST(LocalTime, DividesTheCalendar) {
  const Local at = on(2024, 5, 15) + kDay / 3;
  const auto name = [&](Period period) { return name_of(begin_of(at, period), period); };
  EXPECT_EQ(name({Unit::day}), "2024-05-15");
  EXPECT_EQ(name({Unit::week}), "week of 2024-05-13");
  EXPECT_EQ(name({Unit::month}), "May 2024");
  EXPECT_EQ(name({Unit::quarter}), "April to June 2024");
  EXPECT_EQ(name({Unit::year}), "2024");
  EXPECT_EQ(name({Unit::year, 5}), "2020 to 2024");
}

TEST(LocalTime, GoesFromPeriodToPeriodWithoutAGap) {
  Period period;
  for (int i = 0; i < 12; ++i, period = longer(period)) {
    Local at = begin_of(on(1998, 2, 17), period);
    for (int step = 0; step < 30; ++step) {
      const Local next = after(at, period);
      EXPECT_EQ(begin_of(next, period), next);
      EXPECT_EQ(begin_of(next - 1, period), at);
      at = next;
    }
  }
}

TEST(LocalTime, LengthensPeriodsInRoundSteps) {
  std::string names;
  for (Period period; period.years <= 100; period = longer(period)) names += name_of(period) + ", ";
  EXPECT_EQ(names,
            "by day, by week, by month, by quarter, by year, by 2 years, by 5 years, by 10 years, by 20 years, "
            "by 50 years, by 100 years, ");
}

// The labels of an axis 800 pixels long.
std::string labels(Local from, Local until) {
  const Scale scale{from, until, 0, 800};
  std::string text;
  for (const Tick& tick : ticks(scale, tick_period(scale)))
    text += tick.label + (tick.context.empty() ? "" : " (" + tick.context + ")") + ' ';
  return text;
}

TEST(Axis, IsLabelledAsItsLengthAsks) {
  EXPECT_EQ(labels(on(2024, 2, 26), on(2024, 3, 5)), "26 (Feb 2024) 27 28 29 1 (Mar 2024) 2 3 4 5 ");
  EXPECT_EQ(labels(on(2024, 2, 29), on(2024, 3, 9)), "29 (Feb 2024) 1 (Mar 2024) 2 3 4 5 6 7 8 9 ");
  EXPECT_EQ(labels(on(2024, 2, 29), on(2024, 3, 13)), "29 1 (Mar 2024) 2 3 4 5 6 7 8 9 10 11 12 13 ");
  EXPECT_EQ(labels(on(2023, 12, 1), on(2024, 2, 1)), "4 (Dec 2023) 11 18 25 1 (Jan 2024) 8 15 22 29 ");
  EXPECT_EQ(labels(on(2023, 10, 5), on(2024, 4, 5)), "Nov (2023) Dec Jan (2024) Feb Mar Apr ");
  EXPECT_EQ(labels(on(2022, 2, 1), on(2024, 2, 1)), "Apr (2022) Jul Oct Jan (2023) Apr Jul Oct Jan (2024) ");
  EXPECT_EQ(labels(on(2014, 5, 1), on(2024, 5, 1)), "2015 2016 2017 2018 2019 2020 2021 2022 2023 2024 ");
  EXPECT_EQ(labels(on(1901, 5, 1), on(2024, 5, 1)), "1910 1920 1930 1940 1950 1960 1970 1980 1990 2000 2010 2020 ");
}

TEST(Axis, LabelsHaveRoomWhateverItsLength) {
  for (Local length = 7 * kDay; length < 40'000'000 * kDay; length += length / 7) {
    const Scale scale{on(2024, 1, 30), on(2024, 1, 30) + length, 0, 800};
    const auto found = ticks(scale, tick_period(scale));
    double last_end = -100;
    for (const Tick& tick : found) {
      const double half = text_width(tick.label, 11) / 2;
      EXPECT_GT(scale.x(tick.at) - half, last_end) << length / kDay << " days, " << tick.label;
      last_end = scale.x(tick.at) + half;
    }
    EXPECT_GE(found.size(), 1u) << length / kDay << " days";
  }
}

TEST(Layout, SpreadsMarksSoThatNoneCoversAnother) {
  std::vector<double> xs;
  double x = 0;
  for (int i = 0; i < 500; ++i) xs.push_back(x += (i * 7919 % 23) * (i % 90 < 45 ? 0.3 : 2.5));
  const double width = 16;
  const auto clusters = spread(xs, width);
  std::size_t members = 0;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (i > 0) {
      EXPECT_GE(clusters[i].x - clusters[i - 1].x, width - 1e-9);
    }
    EXPECT_LE(clusters[i].x - xs[clusters[i].members.front()], width / 2 + 1e-9);
    for (const std::size_t member : clusters[i].members) EXPECT_EQ(member, members++);
  }
  EXPECT_EQ(members, xs.size());
}

TEST(Layout, LeavesMarksThatHaveRoomWhereTheyAre) {
  for (const auto& cluster : spread({10, 40, 70}, 16)) EXPECT_EQ(cluster.members.size(), 1u);
  EXPECT_EQ(spread({10, 40, 70}, 16)[1].x, 40);
  EXPECT_TRUE(spread({}, 16).empty());
}

TEST(Layout, GathersBarsOnlyWhereTheyAreCrowded) {
  const Scale years{on(2014, 1, 1), on(2024, 1, 1), 0, 800};
  EXPECT_FALSE(bar_period(years, {on(2014, 1, 5), on(2015, 1, 5)}, 7).has_value());
  EXPECT_EQ(bar_period(years, {on(2014, 1, 5), on(2014, 1, 6)}, 7), (Period{Unit::quarter}));
  EXPECT_FALSE(bar_period(years, {}, 7).has_value());
}

TEST(Layout, PacksStretchesIntoRows) {
  const std::vector<Stretch> stretches = {{0, 50}, {10, 20}, {15, 40}, {24, 60}, {30, 35}, {55, 70}};
  EXPECT_EQ(pack(stretches, 3, 3), (std::vector<int>{0, 1, 2, 1, -1, 0}));
}

TEST(Svg, EscapesWhatIsGiven) {
  EXPECT_EQ(escaped("a<b> & \"c\"\x01\t"), "a&lt;b&gt; &amp; &quot;c&quot;  ");
  Svg svg;
  svg.open("g").with("class", "a\"b").open("text").text("1 < 2").close().open("rect").with("x", 0.04).close().close();
  EXPECT_EQ(std::regex_replace(svg.str(), std::regex("\n"), ""),
            "<g class=\"a&quot;b\"><text>1 &lt; 2</text><rect x=\"0\"/></g>");
}

TEST(Svg, WritesLengthsToATenth) {
  EXPECT_EQ(number_text(-0.04), "0");
  EXPECT_EQ(number_text(12.345), "12.3");
  EXPECT_EQ(number_text(1'234'567), "1234567");
}

// A life of ten years with much in it.
Timeline busy_life() {
  Timeline life{"Miller & <Sons>", "", "told in \"words\"", on(2024, 6, 1), {}};
  const auto mark = [&](std::string lane, Shape shape, std::string style, Local from, std::optional<Local> until,
                        std::string amount, std::string label) {
    life.marks.push_back({lane, shape, style, from, until, amount, label, lane + " of " + date_text(from)});
  };
  mark("status", Shape::band, "active", on(2014, 1, 1), on(2024, 1, 1), "", "active");
  mark("status", Shape::band, "lost", on(2024, 1, 1), std::nullopt, "", "lost");
  for (int i = 0; i < 300; ++i)
    mark("orders", Shape::bar, "plain", on(2014, 1, 1) + i * 12 * kDay, {}, i % 20 ? "10.25" : "-5.00", "");
  for (int i = 0; i < 400; ++i)
    mark("calls", Shape::dot, i % 3 ? "reached" : "hollow", on(2014, 2, 1) + i * 9 * kDay, {}, "", "");
  for (int i = 0; i < 60; ++i)
    mark("tasks", Shape::span, "done", on(2020, 1, 1) + i * 2 * kDay, on(2020, 3, 1) + i * 2 * kDay, "", "reached");
  return life;
}

// How often a word stands in a text.
std::ptrdiff_t count_of(const std::string& text, const std::string& word) {
  std::ptrdiff_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(Timeline, IsTheSameEachTime) { EXPECT_EQ(draw(busy_life()), draw(busy_life())); }

TEST(Timeline, TellsItsNameToWhoDoesNotSeeIt) {
  const std::string picture = draw(busy_life());
  EXPECT_EQ(count_of(picture, "role=\"img\""), 1);
  EXPECT_EQ(count_of(picture, ">Miller &amp; &lt;Sons&gt;</title>"), 1);
  EXPECT_EQ(count_of(picture, ">told in &quot;words&quot;</desc>"), 1);
  EXPECT_EQ(count_of(picture, "prefers-color-scheme:dark"), 1);
}

TEST(Timeline, GathersWhatIsDenseAndLosesNone) {
  const std::string picture = draw(busy_life());
  EXPECT_EQ(count_of(picture, ">by quarter<"), 1);
  const std::regex bar(": ([0-9]+) (purchase|return)s?, (-?)([0-9.]+)</title>");
  int purchases = 0;
  int returns = 0;
  double sum = 0;
  for (std::sregex_iterator i(picture.begin(), picture.end(), bar), end; i != end; ++i) {
    ((*i)[2] == "return" ? returns : purchases) += std::stoi((*i)[1]);
    sum += std::stod((*i)[3].str() + (*i)[4].str());
  }
  EXPECT_EQ(purchases, 285);
  EXPECT_EQ(returns, 15);
  EXPECT_NEAR(sum, 285 * 10.25 - 15 * 5, 1e-6);
}

// Every rectangle and circle of the marks, as left, right, top, bottom.
struct Box {
  double left, right, top, bottom;
};
std::vector<Box> boxes(const std::string& picture) {
  std::vector<Box> found;
  const std::regex rect(
      "<rect x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" width=\"([0-9.]+)\" "
      "height=\"([0-9.]+)\"[^>]*class=\"(bar|dot|several|span)");
  const std::regex circle("<circle cx=\"([-0-9.]+)\" cy=\"([-0-9.]+)\" r=\"([0-9.]+)\"");
  for (std::sregex_iterator i(picture.begin(), picture.end(), rect), end; i != end; ++i) {
    const auto number = [&](int group) { return std::stod((*i)[group]); };
    found.push_back({number(1), number(1) + number(3), number(2), number(2) + number(4)});
  }
  for (std::sregex_iterator i(picture.begin(), picture.end(), circle), end; i != end; ++i) {
    const auto number = [&](int group) { return std::stod((*i)[group]); };
    found.push_back({number(1) - number(3), number(1) + number(3), number(2) - number(3), number(2) + number(3)});
  }
  return found;
}

TEST(Timeline, CoversNoMarkWithAnother) {
  const auto found = boxes(draw(busy_life()));
  ASSERT_GT(found.size(), 90u);
  constexpr double kRounding = 0.15;  // places are written to a tenth
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const Box &a = found[i], &b = found[j];
      EXPECT_FALSE(a.left < b.right - kRounding && b.left < a.right - kRounding && a.top < b.bottom - kRounding &&
                   b.top < a.bottom - kRounding)
          << a.left << ' ' << a.top << " and " << b.left << ' ' << b.top;
    }
}

TEST(Timeline, DrawsASpanWithoutARowAsADotOfItsStyle) {
  Timeline life{"Miller", "", "", on(2024, 6, 1), {}};
  for (int i = 0; i < 4; ++i)
    life.marks.push_back({"steps", Shape::span, "cancelled", on(2024, 5, 1), on(2024, 5, 1), "", "wait", "a wait"});
  const std::string picture = draw(life);
  EXPECT_EQ(count_of(picture, "class=\"span cancelled\"><title>a wait"), 4);
  EXPECT_EQ(count_of(picture, "class=\"dot "), 0);
  EXPECT_EQ(count_of(picture, ">wait<"), 0);  // there is no room for it
}

TEST(Timeline, DrawsALifeOfNothing) {
  const Timeline nothing{
      "nobody", "", "", on(2024, 6, 1), {{"status", Shape::band, "prospect", on(2024, 6, 1), {}, "", "prospect", ""}}};
  EXPECT_EQ(count_of(draw(nothing), "now, 2024-06-01"), 1);
  EXPECT_EQ(count_of(draw({"nobody", "", "", 0, {}}), "</svg>"), 1);
}

TEST(Timeline, DrawsAgesWithoutLosingCount) {
  Timeline ages = busy_life();
  ages.marks.push_back({"scores", Shape::dot, "low", on(290'000, 1, 1) / 4, {}, "", "3", "one"});
  ages.marks.push_back({"scores", Shape::dot, "low", on(-4'712, 1, 1), {}, "", "3", "two"});
  EXPECT_EQ(count_of(draw(ages), "</svg>"), 1);
}

}  // namespace
}  // namespace winback::picture
