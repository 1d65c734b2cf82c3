// isolation
//   sees       protections of the sandbox that were asked for and are not active
//   threshold  none: all of them or "partial"
//   source     probes made from inside the sandbox and the kernel's own account of the process
//   blind to   holes in a protection that is active. Not required: the strict profile refuses to
//              start, the portable one says what is missing
#include <fmt/ranges.h>

#include "guard/guards.h"

namespace aisp::guard {

Finding isolation(const Observation& o) {
  Finding f{"isolation", FindingStatus::pass, FindingKind::environment, {}, false};
  if (o.isolation_missing.empty()) {
    f.message = "full: every protection that was asked for is active";
    return f;
  }
  f.status = FindingStatus::fail;
  f.message = fmt::format("partial: missing {}", fmt::join(o.isolation_missing, ", "));
  return f;
}

}  // namespace aisp::guard
