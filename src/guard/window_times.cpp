#include "guard/window_times.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "guard/guards.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

// A call that comes alone takes longer by what it must fetch again: honest ones took up to 13 % longer alone (axpby,
// 114 and 130 µs), and 25 µs of 190 (rowsum), on a machine with other work
constexpr double kColdCallNs = 4e3;
constexpr double kColdCallShare = 0.15;

// Between calls in a queue and calls that are waited for, see one_by_one.cpp.
constexpr double kWaitShare = 0.03;
constexpr double kWaitNs = 2e3;
// What a launch takes the host, and how many of those that the worker says it made are believed.
constexpr double kLaunchNs = 3e3;
constexpr double kMostLaunches = 8;

double three_errors(const std::vector<double>& values) {
  return 3 * 1.4826 * 1.2533 * stats::median_absolute_deviation(values) /
         std::sqrt(std::max(1.0, static_cast<double>(values.size())));
}

}  // namespace

double overhead_ns(const Calibration& c, int calls) {
  return c.sealed_ns + (calls - 1) * c.per_call_ns;
}

double sealed_per_call(const Window& w, const Calibration& c) {
  if (w.kind == WindowKind::alone && c.alone_ns > 0)
    return static_cast<double>(w.sealed_ns) - c.alone_ns;
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

double least_typical(const std::vector<const Window*>& windows, const std::vector<double>& values) {
  std::map<int, std::vector<double>> by_process;
  for (std::size_t i = 0; i < values.size(); ++i)
    by_process[windows[i]->process].push_back(values[i]);
  std::vector<double> medians;
  for (const auto& [process, of_it] : by_process) medians.push_back(stats::median(of_it));
  return std::min(stats::median(values), stats::median(medians));
}

AloneTimes alone_times(const Observation& o) {
  AloneTimes times;
  const auto timed = largest_timed(o);
  if (timed.empty() || timed.front()->calls < 2) return times;
  std::vector<double> alone, in_a_row;
  // A hand-over of a device spreads by more than many calls take.
  const auto per_call = [&](const Window& w) {
    return o.on_device ? static_cast<double>(w.claim_ns) / w.calls
                       : sealed_per_call(w, o.calibration);
  };
  for (const Window* w : windows_of(o, WindowKind::alone)) alone.push_back(per_call(*w));
  if (alone.empty()) return times;
  for (const Window* w : timed) in_a_row.push_back(per_call(*w));
  times.windows = static_cast<int>(alone.size());
  times.alone_ns = stats::median(alone);
  times.in_a_row_ns = least_typical(timed, in_a_row);
  // 3 standard errors of the median, for a normal distribution; see slope.cpp.
  const double noise = 3 * 1.4826 * 1.2533 * stats::median_absolute_deviation(alone) /
                       std::sqrt(static_cast<double>(alone.size()));
  times.allowed_ns = kColdCallNs + kColdCallShare * times.in_a_row_ns + noise;
  return times;
}

OneByOneTimes one_by_one_times(const Observation& o) {
  OneByOneTimes t;
  const auto timed = largest_timed(o);
  if (!o.on_device || timed.empty() || timed.front()->calls < kProgressCalls ||
      o.calibration.one_by_one_call_ns <= 0)
    return t;
  const int calls = timed.front()->calls;
  std::vector<double> host, queued, host_in_queue, recorded, launches;
  for (const Window* w : windows_of(o, WindowKind::one_by_one)) {
    if (w->calls != calls) continue;
    t.waited.push_back(static_cast<double>(w->sealed_ns) / calls -
                       o.calibration.one_by_one_call_ns);
    host.push_back(static_cast<double>(w->host_ns) / calls);
    recorded.push_back(static_cast<double>(w->claim_ns) / calls);
  }
  if (t.waited.empty()) return t;
  for (const Window* w : timed) {
    queued.push_back(sealed_per_call(*w, o.calibration));
    host_in_queue.push_back(static_cast<double>(w->host_ns) / calls);
    launches.push_back(static_cast<double>(w->kernels + w->copies + w->memsets + w->graphs) /
                       calls);
  }
  t.by_itself = stats::median(t.waited);
  t.in_queue = stats::median(queued);
  const double noise =
      kWaitNs + std::hypot(three_errors(t.waited), three_errors(queued)) + kWaitShare * t.by_itself;
  const double waiting = stats::median(host), queueing = stats::median(host_in_queue);
  t.recorded = stats::median(recorded) - noise;
  t.allowed = std::min(waiting, queueing) + noise;
  t.allowed_waiting = std::max(waiting, queueing) + noise;
  // The null implementation's launch is taken off already.
  const double more = std::clamp(stats::median(launches) - 1, 0.0, kMostLaunches);
  t.granted = noise + std::min({waiting, queueing, kLaunchNs * more});
  return t;
}

std::map<std::pair<WindowKind, int>, std::vector<double>> freeze_times(
    const std::vector<Window>& windows) {
  std::map<std::pair<WindowKind, int>, std::vector<double>> times;
  for (const Window& w : windows)
    if (w.kind == WindowKind::timed || w.kind == WindowKind::plain || w.kind == WindowKind::alone)
      times[{w.kind, w.calls}].push_back(static_cast<double>(w.sealed_ns - w.done_ns));
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
