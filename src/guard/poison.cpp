// poison
//   sees       whether the outputs still held the judge's poison right before each GO
//   threshold  none: one window is enough
//   source     the worker is stopped between windows, so nothing can write in that time
//   blind to   places that the probe did not look at (it looks at a few, at random); a write of a
//              right answer there would still have to be made without the inputs of the call
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding poison(const Observation& o) {
  Finding f{"poison", FindingStatus::not_run, FindingKind::honesty, {}, true};
  std::int64_t broken = 0;
  int first = -1;
  for (const Window& w : o.windows) {
    if (w.poison_intact) continue;
    if (broken++ == 0) first = w.round;
  }
  const auto all = static_cast<std::int64_t>(o.windows.size());
  if (all == 0) {
    f.message = "no window was run";
  } else if (broken > 0) {
    f.status = FindingStatus::fail;
    f.message = fmt::format("outputs were written before the start of {} of {} (first in round {})",
                            grouped(broken), counted(all, "window"), first);
  } else {
    f.status = FindingStatus::pass;
    f.message =
        fmt::format("outputs were still poisoned at the start of all {}", counted(all, "window"));
  }
  return f;
}

}  // namespace aisp::guard
