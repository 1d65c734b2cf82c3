#include "guard/window_times.h"

#include <algorithm>

namespace aisp::guard {

double overhead_ns(const Calibration& c, int calls) {
  return c.sealed_ns + (calls - 1) * c.per_call_ns;
}

double sealed_per_call(const Window& w, const Calibration& c) {
  return (static_cast<double>(w.sealed_ns) - overhead_ns(c, w.calls)) / w.calls;
}

double claim_per_call(const Window& w, const Calibration& c) {
  return static_cast<double>(w.claim_ns) / w.calls - c.claim_overhead_ns;
}

std::vector<const Window*> windows_of(const Observation& o, WindowKind kind) {
  std::vector<const Window*> chosen;
  for (const Window& w : o.windows)
    if (w.kind == kind && w.calls > 0) chosen.push_back(&w);
  return chosen;
}

std::vector<const Window*> largest_timed(const Observation& o) {
  std::vector<const Window*> timed = windows_of(o, WindowKind::timed);
  int most = 0;
  for (const Window* w : timed) most = std::max(most, w->calls);
  std::erase_if(timed, [&](const Window* w) { return w->calls != most; });
  return timed;
}

}  // namespace aisp::guard
