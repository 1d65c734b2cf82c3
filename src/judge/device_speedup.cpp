#include "judge/device_speedup.h"

#include <vector>

#include "guard/device_times.h"
#include "judge/paired.h"

namespace aisp {
namespace {

// Below this share of a call nobody is asked for what it may not have paid: docs/threat-model.md says what is left.
constexpr double kLeftUnpaid = 0.02;

// The rounds in which the candidate's windows were the largest.
Pairs of_largest(const Pairs& pairs, const std::vector<double>& calls) {
  Pairs largest;
  const double most = calls.empty() ? 0 : *std::max_element(calls.begin(), calls.end());
  for (std::size_t i = 0; i < pairs.baseline.size(); ++i) {
    if (calls[i] != most) continue;
    largest.baseline.push_back(pairs.baseline[i]);
    largest.candidate.push_back(pairs.candidate[i]);
    if (!pairs.processes.empty()) largest.processes.push_back(pairs.processes[i]);
  }
  return largest;
}

}  // namespace

std::optional<stats::Interval> recorded_speedup(const Observation& baseline,
                                                const Observation& candidate, double confidence) {
  const Pairs pairs = paired(baseline, candidate, NullCost({}), raw_claim_per_call);
  auto recorded = pairs.speedup(confidence);
  if (recorded) hold_to_means(*recorded, pairs);
  return recorded;
}

HeldRecords held_records(const Observation& baseline, const Observation& candidate,
                         const NullCost& cost) {
  HeldRecords held;
  held.cost = cost;
  const Calibration c = cost.calibration();
  const guard::DeviceTimes times = guard::device_times(candidate);
  const guard::DeviceTimes base = guard::device_times(baseline);
  // The baseline is trusted, and who has the same outputs is seen as badly.
  if (base.undercounts()) held.undercounted_ns = (base.claim - base.sealed) * base.calls;
  held.launching_ns = times.launching;
  const double marks = std::max({0.0, c.added_call_ns, c.per_call_ns});
  if (!times.marked()) held.unpaid_ns = marks;
  held.perhaps_unpaid_ns = std::max(0.0, marks - kLeftUnpaid * times.claim);
  return held;
}

std::optional<stats::Interval> claimed_speedup(const Observation& baseline,
                                               const Observation& candidate, double confidence,
                                               const HeldRecords& held, bool of_few) {
  Pairs pairs = paired(baseline, candidate, NullCost({}), raw_claim_per_call);
  const auto by = [&](auto&& per_call) {
    return paired(baseline, candidate, NullCost({}),
                  [&](const Window& w, const NullCost&) { return per_call(w); })
        .candidate;
  };
  for (double& ns : pairs.candidate) ns += held.unpaid_ns;
  const auto recorded = pairs.speedup(confidence, of_few);
  pairs.candidate = by([&](const Window& w) { return held.per_call(w); });
  auto claimed = pairs.speedup(confidence, of_few);
  if (!claimed || !recorded) return std::nullopt;
  claimed->high = std::max(claimed->high, recorded->high);
  pairs.candidate = by([&](const Window& w) { return held.most_per_call(w); });
  const auto least = pairs.speedup(confidence, of_few);
  if (!least) return std::nullopt;
  claimed->low = std::min(claimed->low, least->low);
  const Pairs largest =
      of_largest(pairs, by([](const Window& w) { return static_cast<double>(w.calls); }));
  if (const auto sharpest = largest.speedup(confidence, of_few))
    claimed->low = std::min(claimed->low, sharpest->low);
  hold_to_means(*claimed, pairs);
  return claimed;
}

}  // namespace aisp
