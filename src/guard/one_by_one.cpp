// one_by_one
//   sees       windows in which the device is waited for after each call, mixed in at random, against the time of a
//              call in the windows that count, where calls wait in a queue; both less what they cost the null
//              implementation. The workers of these windows are verified and looked at in the middle as well (`progress`)
//   threshold  fails when a call in a queue is cheaper by more than the host's time within it (which a queue
//              hides; the smaller one of both kinds of windows), the noise (3 standard errors of both medians), 2 µs,
//              and 3 % of the call
//   source     calls of an honest implementation run one after the other on its stream; what a queue can
//              hide is launching. Overlapped calls, one launch for many, a call begun in the one before: all of these
//              take away from windows of many calls and not from these
//              launching takes the same time whoever waits for it. Who overlaps calls, and keeps the host busy where it
//              is waited for until its kernel is nearly over, has spent that time there only
//              (attacks/cuda_overlap_excused); what is spent, or claimed to be, in a queue makes calls there as long
//   blind to   gains below that; windows of one call
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kShare = 0.03;
constexpr double kCallNs = 2e3;

double three_errors(const std::vector<double>& values) {
  return 3 * 1.4826 * 1.2533 * stats::median_absolute_deviation(values) /
         std::sqrt(std::max(1.0, static_cast<double>(values.size())));
}

}  // namespace

Finding one_by_one(const Observation& o) {
  Finding f{"one_by_one", FindingStatus::pass, FindingKind::honesty, {}, true};
  const auto timed = largest_timed(o);
  if (timed.empty()) {
    f.status = FindingStatus::not_run;
    f.message = "nothing was timed";
    return f;
  }
  if (!o.on_device) {
    f.message = "a call on a CPU is over when it returns";
    return f;
  }
  const int calls = timed.front()->calls;
  if (calls < kProgressCalls) {
    f.message = fmt::format("windows have {}: each is alone", counted(calls, "call"));
    return f;
  }
  std::vector<double> waited, host, queued, host_in_queue;
  for (const Window* w : windows_of(o, WindowKind::one_by_one)) {
    if (w->calls != calls) continue;
    waited.push_back(static_cast<double>(w->sealed_ns) / calls - o.calibration.one_by_one_call_ns);
    host.push_back(static_cast<double>(w->host_ns) / calls);
  }
  for (const Window* w : timed) {
    queued.push_back(sealed_per_call(*w, o.calibration));
    host_in_queue.push_back(static_cast<double>(w->host_ns) / calls);
  }
  if (waited.size() < 3 || o.calibration.one_by_one_call_ns <= 0) {
    f.status = FindingStatus::not_run;
    f.message = fmt::format("{} of calls that were waited for one by one: too few",
                            counted(static_cast<std::int64_t>(waited.size()), "window"));
    return f;
  }
  const double by_itself = stats::median(waited), in_queue = stats::median(queued);
  const double hidden = by_itself - in_queue;
  const double allowed = std::min(stats::median(host), stats::median(host_in_queue)) + kCallNs +
                         std::hypot(three_errors(waited), three_errors(queued)) +
                         kShare * by_itself;
  const bool gained = hidden > allowed;
  f.status = !gained                         ? FindingStatus::pass
             : o.foreign_load > kForeignLoad ? FindingStatus::not_run
                                             : FindingStatus::fail;
  f.message =
      fmt::format("{} a call one by one, {} in a queue ({} hidden, {} allowed)",
                  duration(by_itself), duration(in_queue), duration(hidden), duration(allowed));
  if (gained) f.message += ": work of several calls overlaps, or is done in one";
  return f;
}

}  // namespace aisp::guard
