// Windows of a baseline and a candidate, round by round.
#pragma once

#include <algorithm>
#include <cmath>

#include "guard/observation.h"
#include "judge/times.h"

namespace aisp {

// Whether the windows of a kind hold one call, several, or what they like.
enum class Calls { any, one, several };

// Nanoseconds a call of the rounds in which both have a window of that kind. `per_call`: of a window and the NullCost.
template <class PerCall>
Pairs paired(const Observation& baseline, const Observation& candidate, const NullCost& cost,
             PerCall per_call, WindowKind kind = WindowKind::timed, Calls calls = Calls::any) {
  Pairs pairs;
  // No sample is dropped here. Of calls that come alone only differences are looked at, and those may be of noise.
  const Calibration calibration = cost.calibration();
  const bool alone = kind == WindowKind::alone || calls == Calls::one;
  const auto least = [&](const Window& w) {
    return alone ? -INFINITY : least_per_call(w, calibration);
  };
  auto b = baseline.windows.begin();
  for (const Window& c : candidate.windows) {
    if (c.kind != kind || (calls != Calls::any && (c.calls == 1) != (calls == Calls::one)))
      continue;
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
