// Windows of a baseline and a candidate, round by round.
#pragma once

#include <algorithm>
#include <cmath>

#include "guard/observation.h"
#include "judge/times.h"

namespace aisp {

// Nanoseconds a call of the rounds in which both have a window of that kind, of `fewest` calls or more. `per_call`: of a window and the
// NullCost.
template <class PerCall>
Pairs paired(const Observation& baseline, const Observation& candidate, const NullCost& cost,
             PerCall per_call, WindowKind kind = WindowKind::timed, int fewest = 1) {
  Pairs pairs;
  // No sample is dropped here. Of calls that come alone only differences are looked at, and those may be of noise.
  const Calibration calibration = cost.calibration();
  const auto least = [&](const Window& w) {
    return kind == WindowKind::alone ? -INFINITY : least_per_call(w, calibration);
  };
  auto b = baseline.windows.begin();
  for (const Window& c : candidate.windows) {
    if (c.kind != kind || c.calls < fewest) continue;
    // A round may have several windows of a side: a warm-up before the one that counts.
    while (b != baseline.windows.end() &&
           (b->round < c.round || (b->round == c.round && b->kind != kind)))
      ++b;
    if (b == baseline.windows.end()) break;
    if (b->round != c.round) continue;
    pairs.baseline.push_back(std::max(least(*b), per_call(*b, cost)));
    pairs.candidate.push_back(std::max(least(c), per_call(c, cost)));
    if (c.process >= 0) pairs.processes.push_back(c.process);
  }
  return pairs;
}

// One call in 64 that tidies up for milliseconds is in every third window: 1.84 times faster by medians, and slower by all calls.
inline void hold_to_means(stats::Interval& speedup, const Pairs& pairs) {
  if (const double by_means = pairs.of_means(); by_means > 0)
    speedup.low = std::min(speedup.low, by_means);
}

// What a device recorded, nothing subtracted.
inline double raw_claim_per_call(const Window& w, const NullCost&) {
  return static_cast<double>(w.claim_ns) / w.calls;
}

}  // namespace aisp
