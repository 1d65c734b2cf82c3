// determinism
//   sees       calls that were repeated on equal inputs: how many differ in any bit, and by how much
//   threshold  2 / (1 - r) of what the tolerance allows, r = the loosest relative tolerance
//   source     two results within the tolerance of the truth are within twice of it of each other;
//              the factor is because the tolerance is taken here of a result and not of the truth
//   blind to   state that repeats with the inputs. Differences within the tolerance pass: sums made
//              with atomics differ in the last bits from call to call
#include <fmt/format.h>

#include <algorithm>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

double loosest_relative_tolerance(const Observation& o) {
  double loosest = 0;
  for (const OutputError& output : o.outputs)
    if (const auto dtype = dtype_from_name(output.dtype))
      loosest = std::max(
          loosest, Tolerance::for_dtype(*dtype).rtol * std::max(1.0, output.tolerance_factor));
  return std::min(loosest, 0.5);
}

}  // namespace

Finding determinism(const Observation& o) {
  Finding f{"determinism", FindingStatus::not_run, FindingKind::correctness, {}, true};
  const double allowed = 2 / (1 - loosest_relative_tolerance(o));
  if (o.replays_compared == 0) {
    f.message = "no call was repeated on equal inputs";
  } else if (o.replays_different == 0) {
    f.status = FindingStatus::pass;
    f.message = fmt::format("{} on equal inputs gave the same bits",
                            counted(o.replays_compared, "repeated call"));
  } else {
    // Written so that NaN fails.
    const bool within = o.replay_max_ratio <= allowed;
    f.status = within ? FindingStatus::pass : FindingStatus::fail;
    f.message = fmt::format(
        "{} of {} on equal inputs gave other bits, by up to {:.3g} x the tolerance ({:.3g} x is "
        "what "
        "two right answers may differ by)",
        grouped(o.replays_different), counted(o.replays_compared, "repeated call"),
        o.replay_max_ratio, allowed);
  }
  return f;
}

}  // namespace aisp::guard
