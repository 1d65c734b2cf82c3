// Speedups by what a device recorded. The records come from the worker, so the judge's own clock holds each of them.
#pragma once

#include <algorithm>
#include <optional>

#include "guard/observation.h"
#include "judge/times.h"
#include "stats/interval.h"

namespace aisp {

// By the records as they are: for when to stop, and for nothing that is reported.
std::optional<stats::Interval> recorded_speedup(const Observation& baseline,
                                                const Observation& candidate, double confidence);

// What a device's records of a candidate are held to, see recorded_in_a_row.
struct HeldRecords {
  NullCost cost{{}};
  double undercounted_ns = 0;  // of a call
  double launching_ns = 0;
  // What a call is held to have taken besides: it has not paid for the agent's marks.
  double unpaid_ns = 0;
  // What it may not have paid, for all that the judge knows: for the low end, where no plain windows say more.
  double perhaps_unpaid_ns = 0;

  double per_call(const Window& w) const {
    return recorded_in_a_row(w, cost, undercounted_ns, launching_ns) + unpaid_ns;
  }
  // Without plain windows: nothing is hidden by launching, and nothing was paid.
  double most_per_call(const Window& w) const {
    return recorded_in_a_row(w, cost, undercounted_ns, 0) + std::max(unpaid_ns, perhaps_unpaid_ns);
  }
};

// By plain windows: the judge's own clock where nothing is recorded, so that there are neither records to make up nor anything that the
// agent does for each call to save, but for what lies between two kernels (NullCost::plain_gap_ns), which counts as not paid where it is more than
// 2 % of a call. nullopt: too few of them, or the null implementation has none of their size.
std::optional<stats::Interval> plain_speedup(const Observation& baseline,
                                             const Observation& candidate, double confidence,
                                             const NullCost& cost);

// Of a call alone, what neither its record nor a hand-over explains, in nanoseconds: windows of one call by the judge's clock, less what was recorded of
// them, against the baseline's; and plain ones, in which an agent of one's own has no marks and records to leave out, against those
// of the null implementation. The larger of both, less what hand-overs of honest ones differ by; 0 where nothing came alone.
double unrecorded_alone(const Observation& baseline, const Observation& candidate,
                        const NullCost& cost);

// A call of `time_ns` that takes `unrecorded_ns` more than its records say when it is alone: it may take that in a row as well, where others
// hide it. The low end counts that; the estimate does where it is more than a quarter. Returns the time it is then taken to need, or 0.
double hold_to_unrecorded(stats::Interval& speedup, double time_ns, double unrecorded_ns);

// `cost`: of the null implementation in the same match.
HeldRecords held_records(const Observation& baseline, const Observation& candidate,
                         const NullCost& cost);

// By what the device recorded, where the judge's clocks admit that of both: the upper end by the records, the rest by what
// each window is held to, and the low end besides by the largest windows, which leave the least to choose, and by plain ones.
// Where there are none of those, it counts all that lies between calls as not paid, records and marks too: 3 us on an H200 (a process
// that makes up its own records has neither; 2026-11-28). nullopt: too few rounds.
std::optional<stats::Interval> claimed_speedup(const Observation& baseline,
                                               const Observation& candidate, double confidence,
                                               const HeldRecords& held, bool of_few = false);

}  // namespace aisp
