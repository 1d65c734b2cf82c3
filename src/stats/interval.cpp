#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "stats/clusters.h"
#include "stats/order.h"
#include "stats/series.h"

namespace aisp::stats {
namespace {

// 2^-n, from which the exact sum starts, is a normal double up to n = 1022.
constexpr std::size_t kExactLimit = 1000;
constexpr std::size_t kFewestDrifting = 10;
constexpr double kBeyond = 2;         // times what was seen
constexpr double kLeastDrift = 0.02;  // of a time, or of a ratio
constexpr std::size_t kFewest = 5;
constexpr double kLeastFew = 0.05;  // of a ratio

// The z that a standard normal exceeds with probability `tail`, 0 < tail < 1/2. By bisection: it is
// needed once an interval, and erfc is exact to the last digits far out.
double upper_normal_quantile(double tail) {
  double low = 0;
  double high = 40;
  for (int i = 0; i < 64; ++i) {
    const double z = (low + high) / 2;
    (std::erfc(z / std::sqrt(2.0)) / 2 > tail ? low : high) = z;
  }
  return high;
}

// The largest k with P(Binomial(n, 1/2) < k) <= tail.
std::size_t exact_rank(std::size_t n, double tail) {
  double term = std::ldexp(1.0, -static_cast<int>(n));  // P(B = k)
  double sum = term;                                    // P(B <= k)
  std::size_t k = 0;
  while (sum <= tail) {
    term *= static_cast<double>(n - k) / static_cast<double>(k + 1);
    sum += term;
    ++k;
  }
  return k;
}

}  // namespace

std::optional<std::size_t> sign_test_rank(std::size_t n, double confidence) {
  if (n == 0 || !(confidence > 0 && confidence < 1)) return std::nullopt;
  const double tail = (1 - confidence) / 2;
  if (n <= kExactLimit) {
    const std::size_t k = exact_rank(n, tail);
    return k > 0 ? std::optional(k) : std::nullopt;
  }
  const auto count = static_cast<double>(n);
  const double k = std::floor((count + 1 - upper_normal_quantile(tail) * std::sqrt(count)) / 2);
  return k >= 1 ? std::optional(static_cast<std::size_t>(k)) : std::nullopt;
}

std::optional<Interval> median_interval(std::span<const double> values, double confidence) {
  if (!all_finite(values)) return std::nullopt;
  const std::optional<std::size_t> plain = sign_test_rank(values.size(), confidence);
  if (!plain) return std::nullopt;
  const double centre = (static_cast<double>(values.size()) + 1) / 2;
  const double reach = centre - static_cast<double>(*plain);
  const double widened = std::floor(centre - reach * std::sqrt(variance_inflation(values)));
  if (!(widened >= 1)) return std::nullopt;
  const auto rank = static_cast<std::size_t>(widened);

  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return Interval{median(sorted), sorted[rank - 1], sorted[sorted.size() - rank]};
}

std::optional<Interval> drifting_interval(std::span<const double> values, double least) {
  if (values.size() < kFewestDrifting || !all_finite(values)) return std::nullopt;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double beyond = std::max(kBeyond * (*high - *low), least);
  return Interval{median(values), *low - beyond, *high + beyond};
}

std::optional<Interval> few_interval(std::span<const double> values, double least) {
  if (values.size() < kFewest || !all_finite(values)) return std::nullopt;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double beyond = std::max(2 * (*high - *low), least);
  return Interval{median(values), *low - beyond, *high + beyond};
}

Interval with_processes(const Interval& of_values, std::span<const double> values,
                        std::span<const int> processes, double confidence, double least,
                        bool is_time) {
  std::map<int, std::vector<double>> by_process;
  for (std::size_t i = 0; i < values.size(); ++i) by_process[processes[i]].push_back(values[i]);
  std::vector<double> medians;
  for (const auto& [process, of_it] : by_process) medians.push_back(median(of_it));
  if (medians.empty()) return of_values;
  constexpr std::size_t kFew = 3, kMany = 8;
  const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
  const double half_as_much = std::max((*high - *low) / 2, least);
  auto interval = clustered_interval(values, processes, confidence);
  if (!interval) interval = median_interval(medians, confidence);
  if (interval) {
    const double old = medians.back();
    const auto [lowest, highest] = std::minmax_element(medians.begin(), medians.end() - 1);
    const double range = *highest - *lowest;
    // By luck it would be among them, or near.
    const bool worse = is_time ? old > *highest + range : old < *lowest - range;
    Interval all{worse ? old : interval->estimate, std::min(interval->low, old),
                 std::max(interval->high, old)};
    // Where it has nearly none, single values at its ends would speak for all.
    if (medians.size() >= kMany)
      all = {all.estimate, std::max(all.low, *low - half_as_much),
             std::min(all.high, *high + half_as_much)};
    return all;
  }
  if (medians.size() >= kMany) return {median(medians), *low - half_as_much, *high + half_as_much};
  const double beyond = std::max(*high - *low, medians.size() <= kFew ? 2 * least : least);
  return {median(medians), std::min(of_values.low, *low - beyond),
          std::max(of_values.high, *high + beyond)};
}

std::optional<Interval> time_interval(std::span<const double> times, double confidence,
                                      std::span<const int> processes) {
  const double least = kLeastDrift * std::abs(median(times));
  auto interval = median_interval(times, confidence);
  if (!interval && sign_test_rank(times.size(), confidence))
    interval = drifting_interval(times, least);
  if (!interval) interval = few_interval(times, least);
  if (!interval) return std::nullopt;
  if (processes.size() == times.size())
    interval = with_processes(*interval, times, processes, confidence, least, true);
  // No time is negative; what is said of one that is stays true.
  if (*std::min_element(times.begin(), times.end()) >= 0)
    interval->low = std::max(interval->low, 0.0);
  return interval;
}

std::optional<Interval> speedup_interval(std::span<const double> baseline_ns,
                                         std::span<const double> candidate_ns, double confidence,
                                         std::span<const int> processes, bool of_few) {
  if (baseline_ns.size() != candidate_ns.size()) return std::nullopt;
  std::vector<double> log_ratios(baseline_ns.size());
  for (std::size_t i = 0; i < log_ratios.size(); ++i) {
    const double baseline = baseline_ns[i];
    const double candidate = candidate_ns[i];
    if (!std::isfinite(baseline) || !std::isfinite(candidate)) return std::nullopt;
    if (baseline <= 0 || candidate <= 0) return std::nullopt;
    log_ratios[i] = std::log(baseline) - std::log(candidate);
  }
  std::optional<Interval> logs = median_interval(log_ratios, confidence);
  if (!logs && sign_test_rank(log_ratios.size(), confidence))
    logs = drifting_interval(log_ratios, kLeastDrift);
  if (!logs && of_few) logs = few_interval(log_ratios, kLeastFew);
  if (!logs) return std::nullopt;
  if (processes.size() == log_ratios.size())
    logs = with_processes(*logs, log_ratios, processes, confidence, kLeastDrift, false);
  const Interval speedup{std::exp(logs->estimate), std::exp(logs->low), std::exp(logs->high)};
  // Ratios beyond the range of a double: no such times exist.
  if (!std::isfinite(speedup.high) || speedup.low <= 0) return std::nullopt;
  return speedup;
}

double bonferroni(double confidence, int comparisons) {
  return 1 - (1 - confidence) / std::max(comparisons, 1);
}

}  // namespace aisp::stats
