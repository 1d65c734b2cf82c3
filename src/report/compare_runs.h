// What changed from one recorded run to another. Pure.
//
// The rounds of different runs are no pairs, so a change is judged by two intervals: the quotient of
// two values is between the quotients of their ends, and that holds where both intervals do, at least
// in 90 % of cases for two of 95 %. Speedups are compared where both runs have one: the baseline of
// the same run takes most of what the machine did out of them. Otherwise times are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/result.h"
#include "judge/run_info.h"
#include "stats/interval.h"
#include "stats/verdict.h"

namespace aisp {

struct RunRecord {
  RunInfo info;
  std::vector<TargetResult> results;
};

// Differences below 1 % do not matter: what `faster` than the baseline needs, too.
inline constexpr double kChangeMargin = 0.01;

struct RowChange {
  std::string target, device, implementation;
  std::string verdict_before, verdict_after;  // verdict_word(); empty = not in that run
  std::optional<stats::Interval> time_before, time_after;        // ns per call
  std::optional<stats::Interval> speedup_before, speedup_after;  // against the baseline of its run
  std::optional<stats::Interval> ratio;  // how many times faster it has become; > 1 is faster
  bool by_speedup = false;               // what `ratio` compares: speedups, or times
  bool code_changed = false;             // the content hashes differ
  // Refused or no longer proven, and was accepted before.
  bool broken = false;
  stats::Comparison change = stats::Comparison::not_enough_evidence;
};

struct RunComparison {
  std::vector<RowChange> rows;     // in the order of `after`, then what only `before` has
  std::vector<std::string> notes;  // other machine, other options, ...
  bool regressed() const;          // something slower by its interval, or broken
};

RunComparison compare_runs(const RunRecord& before, const RunRecord& after);

// [before.low / after.high, before.high / after.low]; nullopt where that is no interval.
std::optional<stats::Interval> quotient(const std::optional<stats::Interval>& numerator,
                                        const std::optional<stats::Interval>& denominator);

}  // namespace aisp
