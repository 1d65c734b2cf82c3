// claim
//   sees       what the worker claims to have taken, against the judge's clock from GO to DONE, less
//              what a window of the null implementation costs, in the largest timed windows; and how
//              long the worker's threads took to stop after DONE
//   threshold  fails when the median deficit per window, done - overhead - claim, is above the larger
//                of 12 % of the median and 100 µs + 3 MAD of the null windows (a judge that has to push
//                busy threads aside to wake up is 20 to 100 µs late); or when any timed window's claims
//                are out of order or outside of the window
//              each thread of the worker adds 3 µs to both: resuming and stopping wake it, also when
//                it sleeps (255 sleeping threads on two processors: 590 µs a window); where there are
//                several, two wake-ups of a sleeping thread, as measured, are added
//              not proven instead of failed when other processes kept more than 0.2 processors busy
//              meanwhile: a worker and a judge that queue for processors look like that
//              (queueing costs no CPU time: a claim that all processors together could not have worked
//              off fails on a busy machine, too)
//              not proven instead of failed when at least one window in five is within the threshold: a
//              virtual machine whose host is busy loses a millisecond here and there, often just as a
//              processor wakes up, and a lie that is told now and then gains nothing
//              not proven instead of failed in fewer than three windows: a median of one is that one
//              not proven when the median time to stop is above the larger of 10 % of the window and
//                60 µs + 3 MAD: nobody can tell then whether the work was done at DONE
//   source     largest deficit of an honest one in some 1,000 matches of the corpus: 104 µs of a window
//              of 1.3 ms (8 %), two busy threads on two processors; measured there as well: hand-over
//              11 µs (p99 27 µs), stop 6 µs, with two busy threads 37 µs; with more busy threads than
//              processors 4 ms; on a busy host, honest copies of 3.3 ms: 11 of 16 windows lacked 1 to 3 ms, the
//              others 50 to 100 µs
//   blind to   a claim short by less than that: 12 % of a window. Nothing is gained by
//              it, because the speedup's lower bound is the sealed clock's, which claims cannot move;
//              and to lies in less than half of the windows, which do not move a median either
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kClaimShare = 0.12;
constexpr double kBusyWakeNs = 100e3;
constexpr double kStopShare = 0.1;
constexpr double kMads = 3;
constexpr double kThreadNs = 3e3;
constexpr double kHonestWindows = 0.2;
constexpr double kClaimWakes = 2;
constexpr std::size_t kFewestToAccuse = 3;  // windows, for an accusation

}  // namespace

Finding claim(const Observation& o) {
  if (o.on_device) return device_claim(o);
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
        "the window that the judge saw",
        grouped(insane), counted(static_cast<std::int64_t>(timed.size()), "timed window"));
    return f;
  }
  if (o.calibration.windows == 0) {
    f.message = "the cost of an empty window was not measured";
    return f;
  }

  const auto windows = largest_timed(o);
  const Calibration& c = o.calibration;
  std::vector<double> deficits, done, stops, sealed_call, claim_call, threads, cpu_excess;
  for (const Window* w : windows) {
    const double extra = (w->calls - 1) * c.per_call_ns;
    const double claimed = claim_per_call(*w, c) * w->calls;
    done.push_back(static_cast<double>(w->done_ns));
    deficits.push_back(done.back() - c.handover_ns - extra - claimed);
    stops.push_back(static_cast<double>(w->sealed_ns - w->done_ns) - (c.sealed_ns - c.handover_ns));
    sealed_call.push_back(sealed_per_call(*w, c));
    claim_call.push_back(claimed / w->calls);
    threads.push_back(w->threads);
    // Work that all processors together cannot have done within what is claimed and the stop.
    const double busy = static_cast<double>(w->cpu_ns);
    cpu_excess.push_back(busy - std::max(1, o.processors) *
                                    (claimed + static_cast<double>(w->sealed_ns - w->done_ns)));
  }
  const double others = std::max(0.0, stats::median(threads) - 1);
  const double spread =
      kMads * c.sealed_mad_ns + kThreadNs * others + (others > 0 ? kClaimWakes * c.wake_ns : 0);
  const double deficit = stats::median(deficits);
  const double allowed = std::max(kClaimShare * stats::median(done), kBusyWakeNs + spread);
  const double stop = stats::median(stops);
  const double stop_allowed = std::max(kStopShare * stats::median(done), kBusyStopNs + spread);
  const std::string window = windows.front()->calls == 1
                                 ? "a window of one call"
                                 : fmt::format("a window of {} calls", windows.front()->calls);
  const std::string clocks =
      fmt::format("it claims {} a call; the sealed clock says {} (±{})",
                  duration(stats::median(claim_call)), duration(stats::median(sealed_call)),
                  duration(stats::median_absolute_deviation(sealed_call)));
  const bool cpu_says_more = stats::median(cpu_excess) > std::max(1, o.processors) * allowed;
  if (deficit > allowed && o.foreign_load > kForeignLoad && !cpu_says_more) {
    f.message = fmt::format(
        "{}; {} missing from {}, {} allowed; but other processes kept {:.1f} processors busy, "
        "which "
        "can do that to an honest one: repeat it on a quiet machine",
        clocks, duration(deficit), window, duration(allowed), o.foreign_load);
  } else if (deficit > allowed && windows.size() < kFewestToAccuse && !cpu_says_more) {
    f.message = fmt::format(
        "{}; {} missing from {}, {} allowed; but {} timed: too few to tell a lie from an "
        "interruption",
        clocks, duration(deficit), window, duration(allowed),
        windows.size() == 1 ? "one window was" : "two windows were");
  } else if (deficit > allowed && stats::quantile(deficits, kHonestWindows) <= allowed &&
             !cpu_says_more) {
    const auto within = std::count_if(deficits.begin(), deficits.end(),
                                      [&](double missing) { return missing <= allowed; });
    f.message = fmt::format(
        "{}; {} missing from {}, {} allowed; but {} of {} windows are within that: this machine "
        "loses "
        "time now and then (is its host busy?), or the claims are false now and then",
        clocks, duration(deficit), window, duration(allowed), grouped(within),
        grouped(static_cast<std::int64_t>(windows.size())));
  } else if (deficit > allowed) {
    f.status = FindingStatus::fail;
    f.message = fmt::format("{}; {} missing from {}, {} allowed", clocks, duration(deficit), window,
                            duration(allowed));
  } else if (stop > stop_allowed) {
    f.message = fmt::format(
        "its threads ran on for {} after it said DONE in {} ({} allowed): whether the work was "
        "done "
        "by then cannot be told; are more threads busy than there are processors?",
        duration(stop), window, duration(stop_allowed));
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("{}; {} missing from {}, {} allowed", clocks, duration(deficit), window,
                            duration(allowed));
  }
  return f;
}

}  // namespace aisp::guard
