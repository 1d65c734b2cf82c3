// slope
//   sees       timed windows of two sizes: the difference of their medians per additional call,
//              against the time per call of the larger ones
//   threshold  5 %, and more than the noise: 3 standard errors of the two medians, and the 60 µs by
//              which a stop with busy threads may exceed the calibrated one
//   source     the slope cancels every constant cost; where it disagrees, a call in a large window
//              does not cost what a call in a small one does (batching, deferral, a costly first call)
//   blind to   faults that are the same in windows of both sizes. Not required: waking threads once a
//              window is honest and looks the same
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kSlopeShare = 0.05;

// Squared standard error of a median: MAD x 1.4826 estimates sigma, and the median's error is
// 1.2533 sigma / sqrt(n) for a normal distribution.
double squared_error(const std::vector<double>& values) {
  const double error = 1.4826 * 1.2533 * stats::median_absolute_deviation(values);
  return error * error / static_cast<double>(values.size());
}

}  // namespace

Finding slope(const Observation& o) {
  if (o.on_device) return device_slope(o);
  Finding f{"slope", FindingStatus::not_run, FindingKind::honesty, {}, false};
  std::map<int, std::vector<double>> sealed;
  for (const Window* w : windows_of(o, WindowKind::timed))
    sealed[w->calls].push_back(static_cast<double>(w->sealed_ns));
  if (sealed.size() < 2) {
    f.message = sealed.empty() ? "nothing was timed" : "all timed windows have the same size";
    return f;
  }
  const auto& [few, small] = *sealed.begin();
  const auto& [many, large] = *sealed.rbegin();
  const double more = many - few;
  const double by_slope =
      (stats::median(large) - stats::median(small)) / more - o.calibration.per_call_ns;
  const double by_clock = (stats::median(large) - overhead_ns(o.calibration, many)) / many;
  const double noise =
      3 * std::sqrt(squared_error(small) + squared_error(large)) / more + kBusyStopNs / many;
  const double difference = by_slope - by_clock;
  const bool differ = std::fabs(difference) > std::max(kSlopeShare * std::fabs(by_clock), noise);
  f.status = differ ? FindingStatus::fail : FindingStatus::pass;
  f.message = fmt::format(
      "from windows of {} to windows of {} calls each call adds {}; the sealed clock says {} a "
      "call "
      "({:+.1f} %, noise {})",
      few, many, duration(by_slope), duration(by_clock),
      by_clock == 0 ? 0.0 : 100 * difference / std::fabs(by_clock), duration(noise));
  return f;
}

}  // namespace aisp::guard
