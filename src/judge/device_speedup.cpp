#include "judge/device_speedup.h"

#include <cmath>
#include <vector>

#include "guard/device_times.h"
#include "judge/paired.h"
#include "stats/order.h"

namespace aisp {
namespace {

// Below this share of a call nobody is asked for what it may not have paid: what the project lets a forged record gain at 100 µs
// (docs/threat-model.md, "What remains").
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
  const guard::DeviceTimes times = guard::device_times(candidate);
  const guard::DeviceTimes base = guard::device_times(baseline);
  // The baseline is trusted, and who has the same outputs is seen as badly.
  if (base.undercounts()) held.undercounted_ns = base.claim - base.sealed;
  held.launching_ns = times.launching;
  if (!times.marked()) held.unpaid_ns = cost.marked_gap_ns();
  held.perhaps_unpaid_ns = std::max(0.0, cost.marked_gap_ns() - kLeftUnpaid * times.claim);
  return held;
}

std::optional<stats::Interval> plain_speedup(const Observation& baseline,
                                             const Observation& candidate, double confidence,
                                             const NullCost& cost) {
  int calls = 0;
  for (const Window& w : candidate.windows) {
    if (w.kind != WindowKind::plain || w.calls == 1) continue;
    if (!cost.plain_ns(w.calls)) return std::nullopt;
    calls = w.calls;
  }
  if (calls == 0) return std::nullopt;
  Pairs pairs = paired(
      baseline, candidate, NullCost({}),
      [&](const Window& w, const NullCost&) { return plain_per_call(w, cost); }, WindowKind::plain,
      2);
  // What windows of the null implementation differ by cannot be told from nothing.
  const double least = std::max(1e-3, cost.calibration().sealed_mad_ns / calls);
  for (double& ns : pairs.baseline) ns = std::max(ns, least);
  for (double& ns : pairs.candidate) ns = std::max(ns, least);
  const double unpaid =
      std::max(0.0, cost.plain_gap_ns() - kLeftUnpaid * stats::median(pairs.candidate));
  for (double& ns : pairs.candidate) ns += unpaid;
  auto plain = pairs.speedup(confidence, true);
  if (plain) hold_to_means(*plain, pairs);
  return plain;
}

double unrecorded_alone(const Observation& baseline, const Observation& candidate,
                        const NullCost& cost) {
  // What hand-overs of honest implementations of one match differ by, medians of 12 windows: of 103 rows whose calls are one launch, one
  // had more than 10 us, 12.7; of 36 against the null implementation 3, at the most 13.3 (docs/measurements/2026-11-28-h200-plain.md).
  constexpr double kHandOverNs = 10e3;
  // Of every window of one call, what the judge's clock has beyond the record.
  const auto beyond = [](const Window& w, const NullCost&) {
    return static_cast<double>(w.sealed_ns - w.claim_ns);
  };
  std::vector<double> of_baseline, of_candidate, recorded, plain, paired_rounds;
  for (const Window& w : baseline.windows)
    if (w.kind == WindowKind::alone) of_baseline.push_back(beyond(w, cost));
  for (const Window& w : candidate.windows) {
    if (w.kind == WindowKind::alone) {
      of_candidate.push_back(beyond(w, cost));
      recorded.push_back(static_cast<double>(w.claim_ns));
    }
    if (w.kind == WindowKind::plain && w.calls == 1)
      plain.push_back(static_cast<double>(w.sealed_ns));
  }
  if (of_baseline.empty() || of_candidate.empty()) return 0;
  const auto error = [](const std::vector<double>& values) {
    return 1.2533 * 1.4826 * stats::median_absolute_deviation(values) /
           std::sqrt(static_cast<double>(values.size()));
  };
  // A standard error of the medians, by the noise of the trusted side: its own is the candidate's choice.
  const double noise = std::sqrt(2.0) * error(of_baseline);
  const Pairs pairs = paired(baseline, candidate, cost, beyond, WindowKind::alone);
  for (std::size_t i = 0; i < pairs.baseline.size(); ++i)
    paired_rounds.push_back(pairs.candidate[i] - pairs.baseline[i]);
  // Both are medians of the same windows: where the machine drifts they differ.
  double longer = stats::median(of_candidate) - stats::median(of_baseline);
  if (!paired_rounds.empty()) longer = std::min(longer, stats::median(paired_rounds));
  if (const auto hand_over = cost.plain_ns(1); hand_over && !plain.empty())
    longer = std::max(longer, stats::median(plain) - *hand_over - stats::median(recorded));
  return std::max(0.0, longer - kHandOverNs - std::min(noise, kHandOverNs));
}

double hold_to_unrecorded(stats::Interval& speedup, double time_ns, double unrecorded_ns) {
  constexpr double kEstimateShare = 0.25,
                   kEstimateNs = 10e3;  // as hold_to_alone on a device; noise of twelve windows
  if (unrecorded_ns <= 0 || time_ns <= 0) return 0;
  const double share = time_ns / (time_ns + unrecorded_ns);
  speedup.low *= share;
  if (1 - share <= kEstimateShare || unrecorded_ns <= kEstimateNs) return 0;
  speedup.estimate *= share;
  return time_ns + unrecorded_ns;
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
  const auto plain = plain_speedup(baseline, candidate, confidence, held.cost);
  if (!plain) pairs.candidate = by([&](const Window& w) { return held.most_per_call(w); });
  const auto least = pairs.speedup(confidence, of_few);
  if (!least) return std::nullopt;
  claimed->low = std::min(claimed->low, least->low);
  const Pairs largest =
      of_largest(pairs, by([](const Window& w) { return static_cast<double>(w.calls); }));
  if (const auto sharpest = largest.speedup(confidence, of_few))
    claimed->low = std::min(claimed->low, sharpest->low);
  if (plain) claimed->low = std::min(claimed->low, plain->low);
  // A hiccup of a hand-over is in all windows alike, and of means nothing hides it: there the baseline is held as well.
  HeldRecords of_baseline = held;
  of_baseline.unpaid_ns = 0;
  pairs.baseline = paired(baseline, candidate, NullCost({}), [&](const Window& w, const NullCost&) {
                     return of_baseline.per_call(w);
                   }).baseline;
  hold_to_means(*claimed, pairs);
  return claimed;
}

}  // namespace aisp
