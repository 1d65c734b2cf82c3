#include "report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/printable.h"
#include "stats/order.h"

namespace aisp::chart {
namespace {

constexpr double kWidth = 460, kLeft = 10, kRight = 450;
constexpr double kRowHeight = 58, kTop = 8, kAxisHeight = 44;
constexpr std::size_t kMostDots = 240;  // of a row: more are not told apart, and make a page large
constexpr std::size_t kBins = 60;

// From the smallest to the largest number, with some room.
struct Scale {
  double low = 0, high = 1;
  double from = kLeft, to = kRight;
  bool logarithmic = false;

  double of(double value) const {
    const double share =
        logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
  }
};

Scale scale_for(std::vector<double> values, const Axis& axis) {
  if (axis.marked) values.push_back(*axis.marked);
  std::erase_if(values,
                [&](double v) { return !std::isfinite(v) || (axis.logarithmic && v <= 0); });
  Scale scale;
  scale.logarithmic = axis.logarithmic;
  if (values.empty()) return scale;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  scale.low = *low;
  scale.high = *high;
  if (axis.logarithmic) {
    const double room = std::max(1.04, std::pow(*high / *low, 0.06));
    scale.low /= room;
    scale.high *= room;
  } else {
    const double room = std::max(0.06 * (*high - *low), 0.01 * std::fabs(*high) + 1e-300);
    scale.low -= room;
    scale.high += room;
  }
  return scale;
}

// 1, 2 and 5 times powers of ten; on short logarithmic axes as on linear ones.
std::vector<double> ticks(const Scale& scale, std::size_t most) {
  std::vector<double> result;
  if (scale.logarithmic && scale.high / scale.low > 20) {
    for (int e = static_cast<int>(std::floor(std::log10(scale.low))); std::pow(10, e) <= scale.high;
         ++e)
      if (std::pow(10, e) >= scale.low) result.push_back(std::pow(10, e));
    while (result.size() > most) {
      std::vector<double> fewer;
      for (std::size_t i = 0; i < result.size(); i += 2) fewer.push_back(result[i]);
      result = fewer;
    }
    return result;
  }
  const double rough = (scale.high - scale.low) / static_cast<double>(most);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough) break;
  }
  for (double t = std::ceil(scale.low / step) * step; t <= scale.high; t += step)
    result.push_back(std::fabs(t) < step * 1e-9 ? 0 : t);
  // Labels of logarithmic axes come close to each other at the right.
  std::vector<double> apart;
  for (const double t : result)
    if (apart.empty() || scale.of(t) - scale.of(apart.back()) > 62) apart.push_back(t);
  return apart;
}

std::string open(const std::string& title, double height) {
  return fmt::format(
      "<svg class=\"plot\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">"
      "<title>{}</title>\n",
      kWidth, height, html(title), html(title));
}

std::string bottom_axis(const Scale& scale, const Axis& axis, double y, double top) {
  std::string svg =
      fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", kLeft, y, kRight);
  for (const double t : ticks(scale, 5)) {
    const double x = scale.of(t);
    svg += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, top, y);
    const char* anchor = x < kLeft + 30 ? "start" : x > kRight - 30 ? "end" : "middle";
    svg +=
        fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>",
                    x, y + 15, anchor, html(axis.format(t)));
  }
  if (axis.marked)
    svg += fmt::format("<path class=\"mark\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/>",
                       scale.of(*axis.marked), top, y);
  std::string label =
      html(axis.label) + (axis.logarithmic && scale.high / scale.low > 20 ? ", logarithmic" : "");
  if (axis.marked && !axis.mark.empty()) label += " · dashed: " + html(axis.mark);
  return svg + fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", kLeft,
                           y + 33, label);
}

std::string row_head(const std::string& name, int color, const std::string& note, double y) {
  const int width = note.empty() ? 60 : std::max(14, 58 - display_width(note));
  std::string svg =
      fmt::format("<rect class=\"c{}\" x=\"{}\" y=\"{:.1f}\" width=\"10\" height=\"10\" rx=\"2\"/>",
                  color, kLeft, y + 3);
  svg += fmt::format("<text class=\"name\" x=\"{}\" y=\"{:.1f}\">{}</text>", kLeft + 15, y + 12,
                     html(cut_to_width(printable_line(name), width)));
  if (!note.empty())
    svg += fmt::format("<text class=\"note\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                       kRight, y + 12, html(note));
  return svg + "\n";
}

// Numbers that a plot can place.
std::vector<double> placeable(const std::vector<double>& values, bool logarithmic) {
  std::vector<double> result;
  for (const double v : values)
    if (std::isfinite(v) && (!logarithmic || v > 0)) result.push_back(v);
  return result;
}

// The outline of a smoothed histogram above `base`, and dots below its top.
std::string cloud(const std::vector<double>& samples, const Scale& scale, int color, double base,
                  double height) {
  std::array<double, kBins> counts{}, smooth{};
  for (const double v : samples) {
    const double share = (scale.of(v) - kLeft) / (kRight - kLeft);
    counts[std::min(kBins - 1, static_cast<std::size_t>(share * kBins))] += 1;
  }
  double most = 0;
  for (std::size_t b = 0; b < kBins; ++b) {
    const double before = b > 0 ? counts[b - 1] : 0, after = b + 1 < kBins ? counts[b + 1] : 0;
    smooth[b] = 0.5 * counts[b] + 0.25 * (before + after);
    most = std::max(most, smooth[b]);
  }
  if (most == 0) return {};
  std::string path = fmt::format("M{:.1f} {:.1f}", kLeft, base);
  const double step = (kRight - kLeft) / kBins;
  for (std::size_t b = 0; b < kBins; ++b)
    path += fmt::format("L{:.1f} {:.1f}", kLeft + (static_cast<double>(b) + 0.5) * step,
                        base - height * smooth[b] / most);
  path += fmt::format("L{:.1f} {:.1f}Z", kRight, base);
  std::string svg = fmt::format("<path class=\"cloud c{}\" d=\"{}\"/>", color, path);
  const std::size_t every = (samples.size() + kMostDots - 1) / kMostDots;
  std::uint32_t jitter = 12345;
  for (std::size_t i = 0; i < samples.size(); i += std::max<std::size_t>(1, every)) {
    jitter = jitter * 1664525u + 1013904223u;
    const double up = static_cast<double>(jitter >> 8) / (1u << 24);
    svg += fmt::format("<circle class=\"dot c{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"1.6\"/>", color,
                       scale.of(samples[i]), base - 2 - up * 0.55 * height);
  }
  return svg + "\n";
}

std::string shape(int kind, int color, double x, double y) {
  switch (kind) {
    case 0:
      return fmt::format("<circle class=\"c{} rim\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"/>", color,
                         x, y);
    case 1:
      return fmt::format(
          "<rect class=\"c{} rim\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"9\" height=\"9\"/>", color,
          x - 4.5, y - 4.5);
    default:
      return fmt::format("<path class=\"c{} rim\" d=\"M{:.1f} {:.1f}l5.5 9.5h-11z\"/>", color, x,
                         y - 5.5);
  }
}

}  // namespace

std::string html(std::string_view text) {
  std::string safe;
  for (const char c : printable_line(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string rows(const std::string& title, const std::vector<Row>& rows, const Axis& axis) {
  // The outermost hundredth of a long tail does not squeeze the rest: it stands at the end, counted.
  std::vector<double> shown;
  for (const Row& row : rows) {
    const auto samples = placeable(row.samples, axis.logarithmic);
    if (!samples.empty()) {
      shown.push_back(stats::quantile(samples, 0));
      shown.push_back(stats::quantile(samples, samples.size() > 50 ? 0.99 : 1));
    }
    for (const auto& value : {row.low, row.at, row.high})
      if (value) shown.push_back(*value);
  }
  if (placeable(shown, axis.logarithmic).empty()) return {};
  const Scale scale = scale_for(shown, axis);
  const double bottom = kTop + kRowHeight * static_cast<double>(rows.size());
  std::string svg = open(title, bottom + kAxisHeight) + bottom_axis(scale, axis, bottom, kTop);
  double y = kTop;
  for (const Row& row : rows) {
    const auto samples = placeable(row.samples, axis.logarithmic);
    const auto beyond =
        std::count_if(samples.begin(), samples.end(), [&](double v) { return v > scale.high; });
    std::string note = row.note;
    if (beyond > 0) note += fmt::format("{}{} beyond →", note.empty() ? "" : " · ", beyond);
    svg += row_head(row.name, row.color, note, y);
    const double base = y + kRowHeight - 4;
    if (!samples.empty()) svg += cloud(samples, scale, row.color, base, 34);
    if (row.at && std::isfinite(*row.at) && (!axis.logarithmic || *row.at > 0)) {
      const double middle = samples.empty() ? base - 16 : base - 8;
      if (row.low && row.high)
        svg += fmt::format(
            "<path class=\"interval\" d=\"M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}v10M{1:.1f} "
            "{3:.1f}v10\"/>",
            scale.of(*row.low), scale.of(*row.high), middle, middle - 5);
      svg += fmt::format("<circle class=\"estimate\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n",
                         scale.of(*row.at), middle);
    }
    y += kRowHeight;
  }
  return svg + "</svg>\n";
}

std::string marks(const std::string& title, const std::vector<MarkedRow>& rows, const Axis& axis) {
  std::vector<double> all;
  std::vector<std::pair<std::string, int>> legend;
  for (const MarkedRow& row : rows)
    for (const Mark& mark : row.marks) {
      all.push_back(mark.at);
      const std::pair<std::string, int> entry(mark.name, mark.shape);
      if (std::find(legend.begin(), legend.end(), entry) == legend.end()) legend.push_back(entry);
    }
  if (placeable(all, axis.logarithmic).empty()) return {};
  const Scale scale = scale_for(all, axis);
  const double height = 42, top = kTop + 20,
               bottom = top + height * static_cast<double>(rows.size());
  std::string svg = open(title, bottom + kAxisHeight);
  double x = kLeft + 6;
  for (const auto& [name, kind] : legend) {
    svg += shape(kind, 9, x, kTop + 6);
    svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", x + 10,
                       kTop + 10, html(name));
    x += 30 + 7.5 * display_width(name);
  }
  svg += bottom_axis(scale, axis, bottom, top);
  double y = top;
  for (const MarkedRow& row : rows) {
    svg += row_head(row.name, row.color, "", y);
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>", kLeft, y + 28, kRight);
    for (const Mark& mark : row.marks)
      if (std::isfinite(mark.at) && (!axis.logarithmic || mark.at > 0))
        svg += shape(mark.shape, row.color, scale.of(mark.at), y + 28);
    svg += "\n";
    y += height;
  }
  return svg + "</svg>\n";
}

std::string scatter(const std::string& title, const std::vector<Series>& series,
                    const std::string& x_label, const Axis& y_axis) {
  std::vector<double> xs, ys;
  for (const Series& s : series) {
    const auto y = placeable(s.y, y_axis.logarithmic);
    if (y.empty()) continue;
    xs.insert(xs.end(), s.x.begin(), s.x.end());
    ys.push_back(stats::quantile(y, y.size() > 50 ? 0.005 : 0));
    ys.push_back(stats::quantile(y, y.size() > 50 ? 0.995 : 1));
  }
  if (ys.empty()) return {};
  constexpr double top = 12, bottom = 200, left = 66;
  Scale across = scale_for(xs, {});
  across.from = left;
  Scale up = scale_for(ys, y_axis);
  up.from = bottom;
  up.to = top;
  std::string svg = open(title, bottom + kAxisHeight);
  for (const double t : ticks({up.low, up.high, 0, 400, up.logarithmic}, 4)) {
    const double y = up.of(t);
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>", left, y, kRight);
    svg += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                       left - 5, y + 4, html(y_axis.format(t)));
  }
  svg += fmt::format("<path class=\"axis\" d=\"M{0} {1}H{2}M{0} {1}V{3}\"/>", left, bottom, kRight,
                     top);
  for (const double t : ticks(across, 5))
    svg += fmt::format(
        "<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.3g}</text>",
        across.of(t), bottom + 15, t);
  for (const Series& s : series) {
    const std::size_t every = std::max<std::size_t>(1, (s.x.size() + 399) / 400);
    for (std::size_t i = 0; i < std::min(s.x.size(), s.y.size()); i += every)
      if (std::isfinite(s.y[i]) && (!y_axis.logarithmic || s.y[i] > 0))
        svg += fmt::format("<circle class=\"dot c{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"1.8\"/>",
                           s.color, across.of(s.x[i]), up.of(s.y[i]));
    svg += "\n";
  }
  return svg + fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>\n</svg>\n", left,
                           bottom + 33, html(x_label));
}

std::string bars(const std::string& title, const std::vector<Bar>& bars, const Axis& axis) {
  std::vector<double> values;
  for (const Bar& bar : bars) values.push_back(bar.value);
  values = placeable(values, axis.logarithmic);
  if (values.empty()) return {};
  if (!axis.logarithmic) values.push_back(0);
  Scale scale = scale_for(values, axis);
  if (!axis.logarithmic) scale.low = 0;
  const double height = 38, bottom = kTop + height * static_cast<double>(bars.size());
  std::string svg = open(title, bottom + kAxisHeight) + bottom_axis(scale, axis, bottom, kTop);
  double y = kTop;
  for (const Bar& bar : bars) {
    svg += row_head(bar.name, bar.color, bar.note, y);
    const double end = std::isfinite(bar.value) && (!axis.logarithmic || bar.value > 0)
                           ? scale.of(bar.value)
                           : kLeft;
    svg += fmt::format(
        "<rect class=\"bar c{}\" x=\"{}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"12\" rx=\"2\"/>\n",
        bar.color, kLeft, y + 19, std::max(1.0, end - kLeft));
    y += height;
  }
  return svg + "</svg>\n";
}

}  // namespace aisp::chart
