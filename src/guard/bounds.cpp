// bounds
//   sees       poison around the outputs and in the gaps of strided ones, after verified calls; and
//              the outputs of calls that the window did not have
//   threshold  none: one damaged byte is enough
//   source     the judge wrote the poison itself, so any other byte was written by the implementation
//   blind to   writes far away, into memory that belongs to the worker anyway; writes that put the
//              poison's own bytes there; reads out of bounds
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding bounds(const Observation& o) {
  Finding f{"bounds", FindingStatus::not_run, FindingKind::correctness, {}, true};
  std::int64_t verified = 0;
  for (const Window& w : o.windows) verified += w.calls_verified;
  if (!o.band_damage.empty()) {
    const BandDamage& d = o.band_damage.front();
    f.status = FindingStatus::fail;
    f.message =
        d.offset_bytes < 0
            ? fmt::format("it wrote {} bytes before output '{}' begins (set {})",
                          grouped(-d.offset_bytes), d.tensor, d.set)
            : fmt::format("it wrote outside of output '{}', {} bytes from its first (set {})",
                          d.tensor, grouped(d.offset_bytes), d.set);
    if (o.band_damage.size() > 1)
      f.message += fmt::format("; {} places are recorded", o.band_damage.size());
  } else if (verified == 0) {
    f.message = "no call was verified";
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("the poison around the outputs is untouched after {}",
                            counted(verified, "call"));
  }
  return f;
}

}  // namespace aisp::guard
