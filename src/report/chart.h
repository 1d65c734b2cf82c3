// Plots as inline SVG: no script, no font, no file beside the page. All are drawn for a width of 460
// pixels, which is a phone's, and scale with their column.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aisp::chart {

// Text as HTML and SVG show it: what has a meaning is escaped, control characters are spelled out.
std::string html(std::string_view text);

struct Axis {
  std::string label;                          // "time per call"
  std::function<std::string(double)> format;  // "12.3 µs"
  bool logarithmic = false;
  std::optional<double> marked;  // a line through the plot …
  std::string mark;              // … and what it is
};

// One row each: a name above a line. `color` is an index of the page's palette, 0 the baseline's.
struct Row {
  std::string name;
  int color = 0;
  std::vector<double> samples;          // dots, thinned out evenly where there are many
  std::optional<double> low, at, high;  // a bar from low to high with a mark
  std::string note;                     // at the right end of the name's line
};
// Samples as a cloud with its outline, intervals above it; what lies outside of the axis is counted at its
// end. Empty when no row has a number.
std::string rows(const std::string& title, const std::vector<Row>& rows, const Axis& axis);

struct Mark {
  double at = 0;
  std::string name;  // one of a few: the legend's
  int shape = 0;     // 0 circle, 1 square, 2 triangle
};
struct MarkedRow {
  std::string name;
  int color = 0;
  std::vector<Mark> marks;
};
// Several clocks of one thing on one line.
std::string marks(const std::string& title, const std::vector<MarkedRow>& rows, const Axis& axis);

struct Series {
  std::string name;
  int color = 0;
  std::vector<double> x, y;
};
// Over time: dots. `x_label` names the horizontal axis.
std::string scatter(const std::string& title, const std::vector<Series>& series,
                    const std::string& x_label, const Axis& y_axis);

struct Bar {
  std::string name;
  int color = 0;
  double value = 0;  // the end of the bar, from the axis's low end
  std::string note;
};
std::string bars(const std::string& title, const std::vector<Bar>& bars, const Axis& axis);

}  // namespace aisp::chart
