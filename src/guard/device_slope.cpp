// slope, on a device
//   sees       timed windows of two sizes: what each call more adds, against the time per call of the larger ones
//   threshold  the tolerances of `claim` for both clocks, added
//   source     the slope has no constant in it: what a window hides at its beginning (work that began before GO)
//              or its end shows as a difference
//   blind to   faults that are the same in windows of both sizes. Not required: a first call that is dearer
//              than the others is honest
#include <fmt/format.h>

#include <cmath>

#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding device_slope(const Observation& o) {
  Finding f{"slope", FindingStatus::not_run, FindingKind::honesty, {}, false};
  const DeviceTimes t = device_times(o);
  if (t.apart == 0) {
    f.message = t.calls == 0 ? "nothing was timed"
                             : "there are not five timed windows of each of two sizes";
    return f;
  }
  const double allowed = t.tolerance + t.slope_tolerance;
  const bool differ = std::fabs(t.slope - t.sealed) > allowed;
  f.status = differ ? FindingStatus::fail : FindingStatus::pass;
  f.message = fmt::format(
      "each of {} more calls adds {}; the sealed clock says {} a call ({} apart, {} allowed)",
      t.apart, duration(t.slope), duration(t.sealed), duration(std::fabs(t.slope - t.sealed)),
      duration(allowed));
  return f;
}

}  // namespace aisp::guard
