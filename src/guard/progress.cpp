// progress
//   sees       the outputs of a window of several calls, stopped at a secret moment in the middle: how
//              many calls' outputs have been touched, in what order, and whether one changes later
//   threshold  fails when the outputs of a call were touched before those of an earlier one, or
//                changed after those of a later one, in any look: an implementation has only the
//                buffers of the call that runs
//              fails when a call's outputs are right for inputs that were replaced before its turn, or, where
//                no timed call is wrong, right for neither: it had read them before it was asked
//              fails when the number of finished calls is off by more than the largest of 3 calls, a quarter of the window
//              (0.6 of it on a device where inputs were replaced) and
//              60 µs of calls from what the share of the window's own time says (both by the clock and by
//              the worker's CPU time), in the median of at
//              least three looks: work that is gathered in one call and handed out in the others
//              (a first call that is dear in every window, because it wakes what slept or tunes itself again, is granted
//              what a call that comes alone takes, where that is half of the window or more: who gathers calls would
//              have to be as slow alone)
//              the latter is not proven instead when other processes kept more than 0.2 processors busy
//   source     an implementation gets the pointers of the call that runs, so inputs of the call after the
//              next one may change at any time, also while it stands still
//              calls of one window take equal time. The limits are set by accusations seen, not derived:
//              two calls accused an honest kernel (the look itself warms outputs of calls that are
//              left), and the window's own clock alone another one (going on after the stop is slow);
//              60 µs are for a first call that wakes threads, and two wake-ups as measured are added where
//              there are several (120 µs each on a virtual machine: four honest ones were accused there)
//   blind to   who gathers calls, notices the stop by a clock, and then computes again what it had ahead
//              (less than about half of a window at a time); problems without activations, or whose outputs
//              are all in-out, as far as inputs are replaced; windows of fewer than eight calls (there the
//              calls are long, and are timed alone)
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kProgressShare = 0.25;
// On a device whose inputs were replaced as well: how long a call takes that is waited for differs there more than who
// gathers calls could hide from that.
constexpr double kProgressShareOnDevice = 0.6;
constexpr double kCalls = 3;
constexpr double kStartNs = 60e3;
constexpr double kProgressWakes = 2;
constexpr double kDearShare = 0.5;  // of a window, for its first call

}  // namespace

Finding progress(const Observation& o) {
  Finding f{"progress", FindingStatus::pass, FindingKind::honesty, {}, true};
  const auto timed = largest_timed(o);
  if (timed.empty()) {
    f.status = FindingStatus::not_run;
    f.message = "nothing was timed";
    return f;
  }
  if (timed.front()->calls < kProgressCalls) {
    f.message =
        fmt::format("windows have {}: nothing to gather", counted(timed.front()->calls, "call"));
    return f;
  }
  std::vector<double> per_call;
  for (const Window* w : timed) per_call.push_back(sealed_per_call(*w, o.calibration));
  const double call_ns = std::max(1e-3, stats::median(per_call));

  std::vector<double> threads;
  for (const Window* w : timed) threads.push_back(w->threads);
  const double start_ns =
      kStartNs + (stats::median(threads) > 1 ? kProgressWakes * o.calibration.wake_ns : 0);

  // What a window's first call takes, where that is more than the others do; 0 = no more.
  const AloneTimes alone = o.on_device ? AloneTimes{} : alone_times(o);
  const double first_ns = alone.windows >= kProgressLooks && alone.differ() ? alone.alone_ns : 0;

  const bool replaced = std::any_of(o.probes.begin(), o.probes.end(),
                                    [](const ProgressProbe& p) { return p.swapped > 0; });
  const double share = o.on_device && replaced ? kProgressShareOnDevice : kProgressShare;
  std::vector<double> off;
  int ahead = 0, reopened = 0, stale = 0, swapped = 0, swapped_wrong = 0;
  const ProgressProbe* shown = nullptr;
  for (const ProgressProbe& p : o.probes) {
    ahead += p.ahead;
    reopened += p.reopened;
    stale += p.stale;
    swapped += p.swapped;
    swapped_wrong += p.swapped_wrong;
    if (!p.in_the_middle) continue;
    const double before = static_cast<double>(p.elapsed_ns) - o.calibration.handover_ns;
    const double all = std::max(
        1.0, static_cast<double>(p.active_ns) -
                 (o.on_device ? o.calibration.sealed_ns : overhead_ns(o.calibration, p.calls)));
    // By the window's clock, by the usual time of a call (going on after a stop costs more in a short
    // window than in a long one) and by CPU time, which a queue for processors does not move: whoever gathers work
    // is off by both, or burns the time that it saved.
    const double by_clock = p.calls * std::clamp(before / all, 0.0, 1.0);
    const double by_cpu = p.cpu_ns <= 0
                              ? by_clock
                              : p.calls * std::clamp(static_cast<double>(p.cpu_elapsed_ns) /
                                                         static_cast<double>(p.cpu_ns),
                                                     0.0, 1.0);
    double by_first = by_clock;
    if (first_ns >= kDearShare * all)
      by_first =
          before <= first_ns
              ? before / first_ns
              : 1 + (p.calls - 1) *
                        std::clamp((before - first_ns) / std::max(1e3, all - first_ns), 0.0, 1.0);
    const double least =
        std::min({std::fabs(by_clock - p.complete), std::fabs(by_cpu - p.complete),
                  std::fabs(by_first - p.complete),
                  std::fabs(std::clamp(before / call_ns, 0.0, 1.0 * p.calls) - p.complete)});
    off.push_back(least / std::max({kCalls, share * p.calls, start_ns / call_ns}));
    if (shown == nullptr || off.back() == *std::max_element(off.begin(), off.end())) shown = &p;
  }
  // Who is wrong anyway is wrong here, too.
  const bool right_elsewhere = std::all_of(o.windows.begin(), o.windows.end(),
                                           [](const Window& w) { return w.calls_wrong == 0; });
  if (stale > 0 || (swapped_wrong > 0 && right_elsewhere)) {
    f.status = FindingStatus::fail;
    f.message = fmt::format(
        "it had read the inputs of {} before it was asked for them: replaced before their turn, "
        "{} of {} came out wrong ({} right for the inputs that were gone)",
        counted(stale + swapped_wrong, "call"), stale + swapped_wrong, swapped, stale);
  } else if (ahead + reopened > 0) {
    f.status = FindingStatus::fail;
    f.message = ahead > 0 ? fmt::format("it wrote outputs of {} before it was asked for them",
                                        counted(ahead, "call"))
                          : fmt::format("it changed outputs of {} after a later call had begun",
                                        counted(reopened, "call"));
  } else if (static_cast<int>(off.size()) < kProgressLooks) {
    f.status = FindingStatus::not_run;
    f.message =
        fmt::format("it was looked at in the middle of {}, fewer than {}",
                    counted(static_cast<std::int64_t>(off.size()), "window"), kProgressLooks);
  } else {
    const bool fine = stats::median(off) <= 1;
    const bool busy = o.foreign_load > kForeignLoad;
    f.status = fine ? FindingStatus::pass : busy ? FindingStatus::not_run : FindingStatus::fail;
    f.message =
        fine ? fmt::format("stopped in the middle of {}, calls were finished one after the other{}",
                           counted(static_cast<std::int64_t>(off.size()), "window"),
                           swapped == 0
                               ? ""
                               : fmt::format("; inputs of {} replaced before their turn were "
                                             "the ones that were used",
                                             counted(swapped, "call")))
             : fmt::format(
                   "{} into a window of {} calls of {} it had finished {} of them: work of many "
                   "calls is done in one",
                   duration(static_cast<double>(shown->elapsed_ns)), shown->calls,
                   duration(call_ns), shown->complete);
    if (!fine && busy)
      f.message += fmt::format(
          "; but other processes kept {:.1f} processors busy, which can do that to an honest one: "
          "repeat it on a quiet machine",
          o.foreign_load);
  }
  return f;
}

}  // namespace aisp::guard
