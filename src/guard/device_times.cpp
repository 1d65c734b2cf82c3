#include "guard/device_times.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kWindowNs = kDeviceWindowNs;
constexpr double kCallNs = kDeviceCallNs;
constexpr double kDeviceShare = 0.005;
// In windows of few calls, what a window may cost would be more than that of a call.
constexpr double kBelievedWindowShare = 0.03;
// Who makes its own windows differ would be believed more: noise counts up to this.
constexpr double kBelievedNoiseNs = 50;
constexpr double kBelievedNoiseShare = 0.003;
constexpr std::size_t kFewestForSlope = 5;  // windows of a size, for a slope

// Three standard errors of a median, as if normal: MAD x 1.4826 estimates sigma, a median's error is
// 1.2533 sigma / sqrt(n).
double three_errors(double mad, double n) {
  return 3 * 1.4826 * 1.2533 * mad / std::sqrt(std::max(1.0, n));
}

}  // namespace

double DeviceTimes::bound() const { return std::max(claim, launching); }

DeviceTimes device_times(const Observation& o) {
  DeviceTimes t;
  const auto windows = largest_timed(o);
  if (windows.empty()) return t;
  const Calibration& c = o.calibration;
  t.calls = windows.front()->calls;
  std::vector<double> claim, host, events, sealed, raw;
  for (const Window* w : windows) {
    claim.push_back(static_cast<double>(w->claim_ns) / t.calls);
    host.push_back(static_cast<double>(w->host_ns) / t.calls);
    t.host_functions = t.host_functions || w->host_functions;
    if (w->device_ns >= 0) events.push_back(static_cast<double>(w->device_ns) / t.calls);
    sealed.push_back(sealed_per_call(*w, c));
    // What the calls themselves took differs from round to round and is in both clocks.
    raw.push_back(static_cast<double>(w->sealed_ns - w->claim_ns));
  }
  t.claim = stats::median(claim);
  t.host = stats::median(host);
  if (!events.empty()) t.events = stats::median(events);
  t.sealed = stats::median(sealed);
  t.launching = std::max(0.0, c.host_call_ns - c.per_call_ns);
  const double noise = std::hypot(
      three_errors(c.sealed_mad_ns, c.windows),
      three_errors(stats::median_absolute_deviation(raw), static_cast<double>(raw.size())));
  t.noise = noise / t.calls;
  const double fixed = kWindowNs / t.calls + kCallNs;
  t.tolerance = fixed + t.noise + kDeviceShare * t.claim;
  t.sharp = kWindowNs / t.calls <= kBelievedWindowShare * t.claim || t.calls >= kProgressCalls;
  t.believed_tolerance = fixed +
                         std::min(t.noise, kBelievedNoiseNs + kBelievedNoiseShare * t.claim) +
                         kBelievedShare * t.claim;

  std::map<int, std::vector<double>> by_size;
  for (const Window* w : windows_of(o, WindowKind::timed))
    by_size[w->calls].push_back(static_cast<double>(w->sealed_ns));
  const auto& [few, small] = *by_size.begin();
  const auto& [many, large] = *by_size.rbegin();
  if (few == many || small.size() < kFewestForSlope || large.size() < kFewestForSlope) return t;
  t.apart = many - few;
  t.slope = (stats::median(large) - stats::median(small)) / t.apart - c.added_call_ns;
  const double both = std::hypot(
      three_errors(stats::median_absolute_deviation(small), static_cast<double>(small.size())),
      three_errors(stats::median_absolute_deviation(large), static_cast<double>(large.size())));
  t.slope_tolerance = both / t.apart + kCallNs + kDeviceShare * t.claim;
  return t;
}

}  // namespace aisp::guard
