// coverage
//   sees       calls run and calls verified of every timed window; windows that the reference judged
//   threshold  every timed call; the reference in at least 5 windows, or in all timed windows where
//              there are fewer than 5
//   source     DESIGN.md, "The round": every timed call is the verified call, and where the
//              reference is too dear for every round it runs in at least five, chosen at random
//   blind to   whether the compare itself is right (its own tests are for that), and a fault of both
//              the baseline and the candidate on rounds that the reference did not judge
#include <fmt/format.h>

#include <algorithm>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {}  // namespace

Finding coverage(const Observation& o) {
  Finding f{"coverage", FindingStatus::not_run, FindingKind::correctness, {}, true};
  std::int64_t calls = 0, verified = 0, by_reference = 0, short_windows = 0;
  const auto timed = windows_of(o, WindowKind::timed);
  for (const Window* w : timed) {
    calls += w->calls;
    verified += std::clamp(w->calls_verified, 0, w->calls);
    short_windows += w->calls_verified < w->calls;
  }
  // A worker knows the other kinds on a device: its agent is told.
  for (const Window& w : o.windows)
    by_reference +=
        w.calls_by_reference > 0 && w.kind != WindowKind::one_by_one && w.kind != WindowKind::plain;
  const auto windows = static_cast<std::int64_t>(timed.size());

  if (windows == 0) {
    f.message = "nothing was timed";
  } else if (short_windows > 0) {
    f.status = FindingStatus::fail;
    f.message =
        fmt::format("{} of {} timed calls were verified; {} had calls that nobody looked at",
                    grouped(verified), grouped(calls), counted(short_windows, "window"));
  } else if (by_reference < std::min<std::int64_t>(kReferenceWindows, windows)) {
    f.message = fmt::format("the reference judged {}, which is fewer than {}",
                            counted(by_reference, "window"),
                            std::min<std::int64_t>(kReferenceWindows, windows));
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("all {} timed calls were verified; the reference judged {}",
                            grouped(calls), counted(by_reference, "window"));
  }
  return f;
}

}  // namespace aisp::guard
