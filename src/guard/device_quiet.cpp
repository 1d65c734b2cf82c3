// device_quiet
//   sees       how long the device took for the judge's first work after each of the implementation's windows
//              (poison, fresh inputs, eviction), against what the same work took before any worker was there
//   threshold  a look is slow above 1.5 x that and 0.25 ms more. Fails when something still ran after its windows and
//              not before them: in 3 looks and 15 % of them, or once and then for 12 more looks of anybody
//              not proven when that is so of 3 looks and 5 %, or once and then for 3 to 11 more, which moves no median: two judges on
//              two GPUs of one host made an honest copy between host and device look like that (4 of 47 looks, 6.68 ms for 2.71),
//              and 11 of 387 other honest ones (0.5 to 1.6 ms for 0.1, once or twice in some 50 looks, and for a few more); or when
//              the device was not quiet before more than half of its windows, whoever did that
//   source     contexts share a GPU by turns of a millisecond or so: work of a worker that still runs when its
//              window is over makes the judge wait for its turn
//   blind to   work that ends before the judge's next one begins, and gains nothing by that; a device that another
//              process keeps busy from the beginning
#include <fmt/format.h>

#include <algorithm>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

constexpr std::int64_t kFewestDisturbed = 3;
constexpr double kDoubtfulShare = 0.05;
constexpr double kDisturbedShare = 0.15;
constexpr int kThenSlow = 3;
constexpr int kForGood = 12;

}  // namespace

Finding device_quiet(const Observation& o) {
  Finding f{"device_quiet", FindingStatus::pass, FindingKind::honesty, {}, true};
  if (o.windows.empty()) {
    f.status = FindingStatus::not_run;
    f.message = "nothing was run";
    return f;
  }
  if (!o.on_device) {
    f.message = "nothing runs on a CPU while its worker is stopped";
    return f;
  }
  const auto looks = static_cast<std::int64_t>(o.device_looks.size());
  std::int64_t judged = 0, slow = 0, lasting = 0, for_good = 0;
  double worst = 0, expected = 0;
  for (const DeviceLook& look : o.device_looks) {
    if (!look.quiet_before) continue;
    ++judged;
    if (!look.slow) continue;
    ++slow;
    lasting += look.slow_after >= kThenSlow;
    for_good += look.slow_after >= kForGood;
    if (static_cast<double>(look.took_ns) > worst) {
      worst = static_cast<double>(look.took_ns);
      expected = static_cast<double>(look.expected_ns);
    }
  }
  const auto reaches = [&](double share) {
    const auto of_them = static_cast<std::int64_t>(share * static_cast<double>(judged));
    return slow >= std::max(kFewestDisturbed, of_them);
  };
  if (lasting > 0 || reaches(kDoubtfulShare)) {
    const bool often = for_good > 0 || reaches(kDisturbedShare);
    f.status = often ? FindingStatus::fail : FindingStatus::not_run;
    f.message = fmt::format(
        "after {} of its {} the device was not idle: the judge's own work took up to {} instead of "
        "{}{}",
        grouped(slow), counted(judged, "window"), duration(worst), duration(expected),
        often ? "" : "; so few may be another user's of this machine: repeat it on a quiet one");
  } else if (judged == 0 || 2 * judged < looks) {
    f.status = FindingStatus::not_run;
    f.message = looks == 0 ? "the device was not looked at"
                           : fmt::format("the device was busy before {} of its {} already",
                                         grouped(looks - judged), counted(looks, "window"));
  } else {
    f.message =
        fmt::format("after {} the judge had the device for itself{}", counted(judged, "window"),
                    slow == 0 ? "" : fmt::format(", {} of them late", grouped(slow)));
  }
  return f;
}

}  // namespace aisp::guard
