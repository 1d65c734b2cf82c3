// quiet
//   sees       CPU time that the worker used between a confirmed stop and the next GO
//   threshold  the largest window apart, 1 ms in total and 1 % of the CPU time inside windows; the
//              largest window alone, 20 ms
//   source     between a confirmed stop and the next GO nothing of the worker can run, so the answer
//              is 0 and was, in 99 % of 33,000 windows of 1 to 8 threads on a loaded virtual machine;
//              the others held up to 40 µs, and one 2.1 ms (the hypervisor took the CPU between the
//              confirmation and the accounting), which is why one window is not evidence. The gain is
//              at most outside / inside: below 1 % it is less than the margin of "same"
//   blind to   work handed to somebody else: the sandbox has nobody to hand it to
#include <fmt/format.h>

#include <algorithm>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

constexpr double kTotalNs = 1e6;
constexpr double kOthersShare = 0.01;
constexpr double kOneWindowNs = 20e6;

}  // namespace

Finding quiet(const Observation& o) {
  Finding f{"quiet", FindingStatus::not_run, FindingKind::honesty, {}, true};
  double inside = 0, outside = 0, largest = 0;
  std::int64_t measured = 0, loud = 0;
  int largest_round = 0;
  for (const Window& w : o.windows) {
    // A worker that died has no clock any more.
    if (w.cpu_ns < 0 || w.cpu_outside_ns < 0) continue;
    const auto here = static_cast<double>(w.cpu_outside_ns);
    measured += w.cpu_ns > 0;
    loud += here > 0;
    inside += static_cast<double>(w.cpu_ns);
    outside += here;
    if (here > largest) {
      largest = here;
      largest_round = w.round;
    }
  }
  if (measured == 0) {
    f.message = "no CPU time was measured";
    return f;
  }
  const double others = outside - largest;
  const bool loud_often = others > std::max(kTotalNs, kOthersShare * inside);
  const bool loud_once = largest > kOneWindowNs;
  f.status = loud_often || loud_once ? FindingStatus::fail : FindingStatus::pass;
  const std::string all = fmt::format("{} of CPU time outside of its windows", duration(outside));
  if (f.status == FindingStatus::fail)
    f.message = fmt::format(
        "it ran while it was stopped: {} ({} of that inside), before {} of {}; "
        "at most {}, in round {}",
        all, percent(inside > 0 ? outside / inside : 1), grouped(loud), counted(measured, "window"),
        duration(largest), largest_round);
  else
    f.message = fmt::format("{} against {} inside, in {}", all, duration(inside),
                            counted(measured, "window"));
  return f;
}

}  // namespace aisp::guard
