// claim, on a device
//   sees       what the device recorded of each call (CUPTI: first start to last end of what the call caused; the
//              time between marks where there is no CUPTI), as the worker tells it; against the judge's clock from
//              the moment when its own work had ended until the outputs were out of reach, less what windows of the null
//              implementation cost whose kernel waits for a known time; and against the slope of windows of two sizes
//   threshold  fails when the judge's clock has more than claim + host time within the calls, by more than the
//              tolerance: (25 µs + 3 standard errors of the medians) / calls + 0.25 µs + 0.5 % a call; or when claims
//              are impossible (out of order, longer than the window)
//              the claim is the time in the report when both clocks hold at most the tolerance more than it, with 0.1 %
//              a call in place of 0.5 for the sealed one, and noise of at most 0.3 % and 50 ns; else the sealed time is.
//              Beyond the tolerance, where the host explains the rest, or its own events do and it says that its streams run
//              functions of the host or graphs that kernels launch, the sealed time stands
//              calls shorter than a launch takes on the host cannot be told from nothing: there the bound is the
//              time between two launches of the null implementation
//              not proven instead of failed while other processes keep more than 0.2 processors busy
//   source     docs/measurements/2026-11-26-h200-judge.md: what honest kernels differ by on H200s
//   blind to   a claim short by less than the tolerance, and by less than a launch for calls that are shorter; and claims
//              of all windows but most of the largest: what is reported holds each window to its own time, and the low
//              end to windows in which nothing is recorded (judge/device_speedup.h)
#include <fmt/format.h>

#include <algorithm>

#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding device_claim(const Observation& o) {
  Finding f{"claim", FindingStatus::not_run, FindingKind::honesty, {}, true};
  const auto timed = windows_of(o, WindowKind::timed);
  if (timed.empty()) {
    f.message = "nothing was timed";
    return f;
  }
  const auto insane =
      std::count_if(timed.begin(), timed.end(), [](const Window* w) { return !w->claim_sane; });
  if (insane > 0) {
    f.status = FindingStatus::fail;
    f.message = fmt::format(
        "in {} of {} its claimed times are out of order, negative or outside of "
        "the window that the judge saw{}{}",
        grouped(insane), counted(static_cast<std::int64_t>(timed.size()), "timed window"),
        o.impossible_claim.empty() ? "" : "; of the device first: ", o.impossible_claim);
    return f;
  }
  // Of calls that come alone, three: nobody honest had one in 2,472 of them (H200, 2026-11-28).
  const auto alone = windows_of(o, WindowKind::alone);
  const auto wrong =
      std::count_if(alone.begin(), alone.end(), [](const Window* w) { return !w->claim_sane; });
  if (wrong >= 3) {
    f.status = FindingStatus::fail;
    f.message = fmt::format(
        "in {} of {} windows of one call its claimed times are out of order, negative or outside "
        "of the window that the judge saw",
        grouped(wrong), grouped(static_cast<std::int64_t>(alone.size())));
    return f;
  }
  if (o.calibration.windows == 0) {
    f.message = "the cost of an empty window was not measured";
    return f;
  }
  const DeviceTimes t = device_times(o);
  std::string clocks = fmt::format("the device recorded {} a call; the sealed clock says {}",
                                   duration(t.claim), duration(t.sealed));
  if (t.apart > 0) clocks += fmt::format(", the slope {}", duration(t.slope));
  clocks += fmt::format(" ({} allowed{}; windows of {})", duration(t.tolerance),
                        t.apart > 0 ? ", " + duration(t.slope_tolerance) + " for the slope" : "",
                        counted(t.calls, "call"));
  if (t.admitted()) {
    f.status = FindingStatus::pass;
    f.message = clocks;
  } else if (t.host_explains()) {
    f.status = FindingStatus::pass;
    f.message = fmt::format("{}; the host was busy for {} within the call: the sealed time stands",
                            clocks, duration(t.host));
  } else if (t.events_explain()) {
    f.status = FindingStatus::pass;
    f.message = fmt::format(
        "{}; it also runs what leaves no records (functions of the host, graphs that kernels "
        "launch), and its stream "
        "was busy for {}: the sealed time stands",
        clocks, duration(t.events));
  } else if (o.foreign_load > kForeignLoad) {
    f.message = fmt::format(
        "{}; but other processes kept {:.1f} processors busy, which can do that to an honest one: "
        "repeat it on a quiet machine",
        clocks, o.foreign_load);
  } else {
    f.status = FindingStatus::fail;
    f.message = fmt::format("{}; {} a call missing, of which the host explains {}", clocks,
                            duration(std::max(t.sealed - t.bound(), t.slope - t.bound())),
                            duration(t.host));
  }
  return f;
}

}  // namespace aisp::guard
