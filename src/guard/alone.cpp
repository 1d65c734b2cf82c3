// alone
//   sees       windows of one call, at secret moments between those of several: the median per call
//              against that of the largest timed windows, or of their processes where that is less; by the judge's clock, on a device by what that recorded
//   threshold  15 %, 4 µs and 3 standard errors of the median; see window_times.cpp
//   source     in a window of several calls the inputs of all of them are there, so that work of
//              different calls may overlap, on one processor or on several, and be handed out one by one;
//              in a window of one call there is nothing to overlap with, nor a first call that does the work of
//              all (attacks/rereads_before_handing_out, attacks/cuda_rereads_before_handing_out)
//   blind to   gains below the threshold. Not required, because threads that sleep between windows are
//              honest and look alike: the judge takes no side and extends the interval of the
//              speedup to what calls take alone
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding alone(const Observation& o) {
  Finding f{"alone", FindingStatus::not_run, FindingKind::honesty, {}, false};
  const auto timed = largest_timed(o);
  if (timed.empty()) {
    f.message = "nothing was timed";
    return f;
  }
  if (timed.front()->calls == 1) {
    f.status = FindingStatus::pass;
    f.message = "every timed window has one call";
    return f;
  }
  const AloneTimes times = alone_times(o);
  if (times.windows == 0) {
    f.message = "no call came alone";
    return f;
  }
  f.status = times.differ() ? FindingStatus::fail : FindingStatus::pass;
  f.message =
      fmt::format("a call takes {} alone and {} in a window of {} ({}; {} of difference allowed)",
                  duration(times.alone_ns), duration(times.in_a_row_ns), timed.front()->calls,
                  counted(times.windows, "such window"), duration(times.allowed_ns));
  if (times.differ())
    f.message +=
        std::string(o.on_device ? ": the device finds its caches cold, or work of several "
                                  "calls is done at once"
                                : ": threads wake up late, or work of several calls overlaps") +
        "; the speedup's interval covers both";
  return f;
}

}  // namespace aisp::guard
