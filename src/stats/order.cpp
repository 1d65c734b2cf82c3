#include "stats/order.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace aisp::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

double median(std::span<const double> values) {
  if (values.empty() || !all_finite(values)) return kNan;
  std::vector<double> copy(values.begin(), values.end());
  const auto upper = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), upper, copy.end());
  if (copy.size() % 2 == 1) return *upper;
  return std::midpoint(*std::max_element(copy.begin(), upper), *upper);
}

double quantile(std::span<const double> values, double q) {
  if (values.empty() || !all_finite(values) || !(q >= 0 && q <= 1)) return kNan;
  std::vector<double> copy(values.begin(), values.end());
  const double position = q * static_cast<double>(copy.size() - 1);
  const auto index = static_cast<std::size_t>(position);
  const auto lower = copy.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(copy.begin(), lower, copy.end());
  if (index + 1 == copy.size()) return *lower;
  return std::lerp(*lower, *std::min_element(lower + 1, copy.end()),
                   position - static_cast<double>(index));
}

double median_absolute_deviation(std::span<const double> values) {
  const double middle = median(values);
  if (std::isnan(middle)) return kNan;
  std::vector<double> distances(values.begin(), values.end());
  for (double& d : distances) d = std::abs(d - middle);
  return median(distances);
}

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    const double rank = 1 + std::midpoint(static_cast<double>(first), static_cast<double>(last));
    for (std::size_t i = first; i <= last; ++i) ranks[order[i]] = rank;
    first = last + 1;
  }
  return ranks;
}

}  // namespace aisp::stats
