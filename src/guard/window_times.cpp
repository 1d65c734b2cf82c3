#include "guard/window_times.h"

#include <algorithm>
#include <cmath>

#include "stats/order.h"

namespace aisp::guard {
namespace {

// A call that comes alone takes longer by what it must fetch again: honest ones took up to 13 % longer alone (axpby,
// 114 and 130 µs), and 25 µs of 190 (rowsum), on a machine with other work
constexpr double kColdCallNs = 4e3;
constexpr double kColdCallShare = 0.15;

}  // namespace

double overhead_ns(const Calibration& c, int calls) {
  return c.sealed_ns + (calls - 1) * c.per_call_ns;
}

double sealed_per_call(const Window& w, const Calibration& c) {
  return (static_cast<double>(w.sealed_ns) - overhead_ns(c, w.calls)) / w.calls;
}

double claim_per_call(const Window& w, const Calibration& c) {
  return static_cast<double>(w.claim_ns) / w.calls - c.claim_overhead_ns;
}

std::vector<const Window*> windows_of(const Observation& o, WindowKind kind) {
  std::vector<const Window*> chosen;
  for (const Window& w : o.windows)
    if (w.kind == kind && w.calls > 0) chosen.push_back(&w);
  return chosen;
}

AloneTimes alone_times(const Observation& o) {
  AloneTimes times;
  const auto timed = largest_timed(o);
  if (timed.empty() || timed.front()->calls < 2) return times;
  std::vector<double> alone, in_a_row;
  for (const Window* w : windows_of(o, WindowKind::alone))
    alone.push_back(sealed_per_call(*w, o.calibration));
  if (alone.empty()) return times;
  for (const Window* w : timed) in_a_row.push_back(sealed_per_call(*w, o.calibration));
  times.windows = static_cast<int>(alone.size());
  times.alone_ns = stats::median(alone);
  times.in_a_row_ns = stats::median(in_a_row);
  // 3 standard errors of the median, for a normal distribution; see slope.cpp.
  const double noise = 3 * 1.4826 * 1.2533 * stats::median_absolute_deviation(alone) /
                       std::sqrt(static_cast<double>(alone.size()));
  times.allowed_ns = kColdCallNs + kColdCallShare * times.in_a_row_ns + noise;
  return times;
}

std::vector<const Window*> largest_timed(const Observation& o) {
  std::vector<const Window*> timed = windows_of(o, WindowKind::timed);
  int most = 0;
  for (const Window* w : timed) most = std::max(most, w->calls);
  std::erase_if(timed, [&](const Window* w) { return w->calls != most; });
  return timed;
}

}  // namespace aisp::guard
