#include "stats/clusters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include "stats/order.h"
#include "stats/series.h"

namespace aisp::stats {
namespace {

constexpr double kLargest = 2;  // times the middle group's size: more does not count
constexpr double kMostCorrelation = 0.9;

// Of a Student variable: the probability to be within -t and t.
double within(double t, int freedom) {
  const double theta = std::atan(t / std::sqrt(static_cast<double>(freedom)));
  const double cosine = std::cos(theta);
  const bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int i = odd ? 1 : 0; i <= freedom - 2; i += 2) {
    sum += term;
    term *= cosine * cosine * (i + 1) / (i + 2);
  }
  if (!odd) return std::sin(theta) * sum;
  return 2 / std::numbers::pi * (theta + std::sin(theta) * sum);
}

// n / n_eff of what the groups say, one after the other. Other than variance_inflation alone it believes a
// correlation that may be luck: a dozen groups can hardly prove one.
double inflation_of(const std::vector<double>& medians) {
  const double middle = median(medians);
  std::vector<double> signs(medians.size());
  for (std::size_t i = 0; i < signs.size(); ++i)
    signs[i] = static_cast<double>(medians[i] > middle) - static_cast<double>(medians[i] < middle);
  const double by_rank = lag1_autocorrelation(mid_ranks(medians)).value_or(0);
  const double by_sign = lag1_autocorrelation(signs).value_or(0);
  const double bias = 1 / static_cast<double>(medians.size());
  const double r = std::clamp(std::max(by_rank, by_sign) + bias, 0.0, kMostCorrelation);
  return std::max(variance_inflation(medians), (1 + r) / (1 - r));
}

// Signs of x - m by group while m goes up.
class SignSums {
 public:
  explicit SignSums(const std::vector<std::vector<double>>& groups) {
    std::vector<double> sizes;
    for (const auto& group : groups) sizes.push_back(static_cast<double>(group.size()));
    const double most = kLargest * median(sizes);
    for (const double size : sizes) {
      weights_.push_back(std::min(1.0, most / size));
      sums_.push_back(weights_.back() * size);
    }
  }

  // A value of that group comes down to m, or m goes past it.
  void step(std::size_t group) { sums_[group] -= weights_[group]; }

  double sum() const {
    double sum = 0;
    for (const double z : sums_) sum += z;
    return sum;
  }
  bool allows(double most) const {
    double sum = 0, squares = 0;
    for (const double z : sums_) {
      sum += z;
      squares += z * z;
    }
    return sum * sum <= most * squares;
  }

 private:
  std::vector<double> weights_, sums_;
};

}  // namespace

double student_t(double confidence, int freedom) {
  if (freedom < 1 || !(confidence > 0 && confidence < 1))
    return std::numeric_limits<double>::quiet_NaN();
  double low = 0, high = 1;
  while (within(high, freedom) < confidence) high *= 2;
  for (int i = 0; i < 64; ++i) {
    const double t = (low + high) / 2;
    (within(t, freedom) < confidence ? low : high) = t;
  }
  return high;
}

std::optional<Interval> clustered_interval(std::span<const double> values,
                                           std::span<const int> groups, double confidence) {
  if (values.size() != groups.size() || !all_finite(values)) return std::nullopt;
  std::map<int, std::vector<double>> by_number;
  for (std::size_t i = 0; i < values.size(); ++i) by_number[groups[i]].push_back(values[i]);
  std::vector<std::vector<double>> of_group;
  std::vector<double> medians;
  std::vector<std::pair<double, std::size_t>> sorted;
  for (auto& [number, group] : by_number) {
    for (const double value : group) sorted.emplace_back(value, of_group.size());
    medians.push_back(median(group));
    of_group.push_back(std::move(group));
  }
  if (!sign_test_rank(medians.size(), confidence)) return std::nullopt;
  // (sum z)^2 / sum z^2 cannot be more than the number of groups, so t is put in terms of it.
  const auto count = static_cast<double>(medians.size());
  const double t = student_t(1 - (1 - confidence) / 2, static_cast<int>(medians.size()) - 1);
  const double most = count * t * t / (count - 1 + t * t) * inflation_of(medians);
  if (!(most < count)) return std::nullopt;

  std::sort(sorted.begin(), sorted.end());
  SignSums sums(of_group);
  std::optional<Interval> interval;
  double estimate = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < sorted.size();) {
    const double m = sorted[i].first;
    std::size_t end = i;
    for (; end < sorted.size() && sorted[end].first == m; ++end) sums.step(sorted[end].second);
    if (sums.allows(most)) {
      if (!interval) interval = Interval{m, m, m};
      interval->high = m;
    }
    for (; i < end; ++i) sums.step(sorted[i].second);
    const double above = sums.sum();  // less what is below
    if (std::isnan(estimate) && above <= 0)
      estimate = above == 0 && end < sorted.size() ? (m + sorted[end].first) / 2 : m;
  }
  if (!interval) return std::nullopt;
  interval->estimate = std::clamp(estimate, interval->low, interval->high);
  return interval;
}

}  // namespace aisp::stats
