#include "stats/verdict.h"

#include <cmath>

namespace aisp::stats {

Comparison compare(const std::optional<Interval>& speedup, double margin) {
  if (!speedup || !(margin >= 0) || !std::isfinite(margin)) return Comparison::not_enough_evidence;
  const auto [estimate, low, high] = *speedup;
  if (!(0 < low && low <= estimate && estimate <= high && std::isfinite(high))) {
    return Comparison::not_enough_evidence;
  }
  const double upper = 1 + margin;
  const double lower = 1 / upper;
  if (low >= lower && high <= upper) return Comparison::same;
  if (low > 1 && estimate > upper) return Comparison::faster;
  if (high < 1 && estimate < lower) return Comparison::slower;
  return Comparison::not_enough_evidence;
}

}  // namespace aisp::stats
