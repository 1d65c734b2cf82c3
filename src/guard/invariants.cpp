// invariants
//   sees       what the problem's validate() found violated in the outputs of verified calls
//   threshold  none: one violation is enough
//   source     the problem states its invariants; they hold for every right answer
//   blind to   what the problem does not state
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding invariants(const Observation& o) {
  Finding f{"invariants", FindingStatus::not_run, FindingKind::correctness, {}, true};
  std::int64_t verified = 0;
  for (const Window& w : o.windows) verified += w.calls_verified;
  if (!o.invariant_violations.empty()) {
    f.status = FindingStatus::fail;
    f.message = fmt::format("violated: {}", first_line(o.invariant_violations.front(), 200));
    if (o.invariant_violations.size() > 1)
      f.message += fmt::format(" (and {} more like it)", o.invariant_violations.size() - 1);
  } else if (verified == 0) {
    f.message = "no call was verified";
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("no invariant was violated in {}",
                            counted(o.calls_validated > 0 ? o.calls_validated : verified, "call"));
  }
  return f;
}

}  // namespace aisp::guard
