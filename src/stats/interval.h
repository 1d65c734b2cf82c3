// How sure we are of a median, and of a speedup.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace aisp::stats {

struct Interval {
  double estimate, low, high;
};

// The sign-test interval of a median for n independent values is [x_(k), x_(n + 1 - k)], with x_(i)
// the i-th smallest. This is the largest k, from 1, for which the chance of missing the median is
// at most 1 - confidence: 2 P(Binomial(n, 1/2) < k) <= 1 - confidence. Exact for n <= 1000, normal
// with continuity correction above. nullopt where not even k = 1 is enough (n < 6 at 95 %) and for
// a confidence outside (0, 1).
std::optional<std::size_t> sign_test_rank(std::size_t n, double confidence);

// Interval of the median of the distribution from which `values` come, whatever its shape; the unit
// and the sign of the values do not matter. `values` are in the order of their measurement: where
// that shows positive dependence, the interval is wider by sqrt(variance_inflation) in ranks
// (series.h), never narrower than the plain one. nullopt for a value that is not finite, and where
// there are too few values, or effective values, for the confidence.
std::optional<Interval> median_interval(std::span<const double> values, double confidence);

// Where values depend on each other for so long that median_interval has none (a drift, a clock that fell once): what
// was seen, and beyond it on both sides twice as much as it spans, but at least `least`. It is the same for each
// confidence up to 99.8 %. Simulated, 10 to 150 values of first-order autoregressions that have no other interval: it held the
// median in 99.8 % and more of those whose correlation lasts as long as the series (once what it spans: 97.6 %), and in 98.7 %
// where it lasts twice as long; of what is slower than the series nothing can say more. nullopt under 10 values, or
// one not finite.
std::optional<Interval> drifting_interval(std::span<const double> values, double least);

// Where there are too few values for either: what was seen of them and beyond it on both sides twice as much as it spans, at least
// `least`. Simulated, 5 to 9 normal values: 99.9 % and more; autoregressions: see tests. nullopt under 5 values, or one not finite.
std::optional<Interval> few_interval(std::span<const double> values, double least);

// Where values come from several processes, one after the other: `processes` has the number of the process of each value,
// and is as long as `values`. All values of a process share what it is to be that process, so that values by themselves do not tell
// how the next process will be. clustered_interval of them (or, where that has none, median_interval of the processes' medians), which covers the median of the last process as well, who is to have lived
// longest (who is fast while it is young only gets no credit); where that is worse (more, if `is_time`, else less) than all
// others by more than they span, it is the estimate too, since that is how it goes on;
// where there are eight and more, no more than what follows, which is all where they depend on each other for so long that there is none (a loud minute of the machine): what was seen of
// them and beyond it on both sides half as much as it spans (simulated, 8 to 16 processes: 99.5 % and more, and 97 to 99.9 % where one depends
// on the one before with a correlation of 0.8); where there are fewer than that, what `of_values` covers, what was seen
// of them and beyond it on both sides as much as it spans, but at least `least` (of three or fewer: twice `least`).
// Coverage, simulated: tests/stats/interval_test.cpp.
Interval with_processes(const Interval& of_values, std::span<const double> values,
                        std::span<const int> processes, double confidence, double least,
                        bool is_time);

// Of times, in any unit: median_interval, or drifting_interval with 2 % of the median, or few_interval with that. `processes` empty: one process, of
// which nothing is asked; else with_processes, 2 % of the median.
std::optional<Interval> time_interval(std::span<const double> times, double confidence,
                                      std::span<const int> processes = {});

// How many times faster the candidate is: exp of the median of ln(baseline / candidate) over the
// rounds; > 1 is faster. Both spans are in nanoseconds, one value per round, in the order of the
// rounds. Where that has no interval because it drifts, drifting_interval with 2 %. nullopt for spans of different size, a
// value that is not finite or not positive, and where both have none. `processes` empty: one pair of processes, of
// which nothing is asked; else with_processes, 2 %. `of_few`: few_interval with 5 % where there is none (when no more rounds come).
std::optional<Interval> speedup_interval(std::span<const double> baseline_ns,
                                         std::span<const double> candidate_ns, double confidence,
                                         std::span<const int> processes = {}, bool of_few = false);

// The confidence each of `comparisons` intervals needs so that all hold together with `confidence`
// (Bonferroni). Fewer than one comparison counts as one.
double bonferroni(double confidence, int comparisons);

}  // namespace aisp::stats
