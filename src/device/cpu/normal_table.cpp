#include "device/cpu/normal_table.h"

#include <algorithm>
#include <cmath>

namespace aisp {
namespace {

constexpr double kTail = 0x1p-20;
constexpr double kEnd = 4.8;
constexpr int kSegments = 96;

// z with erfc(z / sqrt 2) / 2 = p, for p in (0, 1/2], by bisection.
double upper_quantile(double p) {
  double low = 0, high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle * std::sqrt(0.5)) / 2 > p ? low : high) = middle;
  }
  return (low + high) / 2;
}

double knot(double t) {
  const double p = t * 0x1p-25;
  static const double at_tail = upper_quantile(kTail);
  if (p < kTail) return kEnd + (at_tail - kEnd) * (p / kTail);
  return upper_quantile(p);
}

double knot_place(int i) { return std::ldexp(1 + (i % 4) / 4.0, i / 4); }

NormalTable make_table() {
  double z[kSegments + 1];
  for (int i = 0; i <= kSegments; ++i) z[i] = knot(knot_place(i));
  // Second moment over t uniform in (0, 2^24): of a line from u to v it is (u^2 + u v + v^2) / 3.
  double second_moment = 0;
  for (int i = 0; i < kSegments; ++i) {
    const double width = (knot_place(i + 1) - knot_place(i)) * 0x1p-24;
    second_moment += width * (z[i] * z[i] + z[i] * z[i + 1] + z[i + 1] * z[i + 1]) / 3;
  }
  const double scale = 1 / std::sqrt(second_moment);
  NormalTable table{};
  for (int i = 0; i < kSegments; ++i) {
    const double t = knot_place(i);
    const double slope = scale * (z[i + 1] - z[i]) / (knot_place(i + 1) - t);
    table.slope[i] = static_cast<float>(slope);
    table.base[i] = static_cast<float>(scale * z[i] - slope * t);
  }
  return table;
}

}  // namespace

const NormalTable& normal_table() {
  static const NormalTable table = make_table();
  return table;
}

}  // namespace aisp
