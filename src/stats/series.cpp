#include "stats/series.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "stats/order.h"

namespace aisp::stats {
namespace {

// One-sided 10 % point of the standard normal distribution. At 5 % an AR(1) with r = 0.5 goes
// unseen so often at 20 rounds that the 95 % interval covers 87 % there; at 10 % it covers 91 %,
// and intervals of independent values grow by 6 % at 20 rounds and 2 % at 50.
constexpr double kSignificant = 1.2815515655446004;

// Differences that do not alternate at all (a straight line) say nothing of the noise: above this r
// the estimate is about the trend itself.
constexpr double kMostDependence = 0.9;

// The bias-corrected lag-1 autocorrelation where it is significantly positive, otherwise 0. Under
// independence the estimate is about normal with mean -1/n and variance 1/n.
double significant_autocorrelation(std::span<const double> series) {
  const std::optional<double> r1 = lag1_autocorrelation(series);
  if (!r1) return 0;
  const double n = static_cast<double>(series.size());
  if ((*r1 + 1 / n) * std::sqrt(n) <= kSignificant) return 0;
  return *r1 + (1 + 4 * *r1) / n;
}

std::vector<double> signs_about_median(std::span<const double> series) {
  const double middle = median(series);
  std::vector<double> signs(series.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    signs[i] = static_cast<double>(series[i] > middle) - static_cast<double>(series[i] < middle);
  }
  return signs;
}

// The lag-1 autocorrelation of the noise where it is significantly positive, otherwise 0, from the
// differences of neighbours, which a trend or a step hardly touches: differences of a first-order
// autoregression correlate by -(1 - r) / 2. By ranks (Spearman's coefficient of a normal pair is
// 6 / pi asin(rho / 2)), so that the one large difference at a step is one among many.
double autocorrelation_beside_a_trend(std::span<const double> values) {
  std::vector<double> differences(values.size() - 1);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] = values[i + 1] - values[i];
  }
  if (!all_finite(differences)) return 0;
  const std::optional<double> spearman = lag1_autocorrelation(mid_ranks(differences));
  if (!spearman || *spearman == 0) return 0;
  const double rho = 2 * std::sin(std::numbers::pi / 6 * *spearman);
  const double r = 1 + 2 * rho;
  // Of independent values rho has the deviation 1 / sqrt(2 n) (Bartlett), r twice that.
  const double deviation = std::sqrt(2 / static_cast<double>(values.size()));
  return r > kSignificant * deviation ? std::min(r, kMostDependence) : 0;
}

// Positions of at most kDriftSamples samples, evenly spaced from the first to the last.
std::vector<std::size_t> thinned_positions(std::size_t count) {
  const std::size_t used = std::min(count, kDriftSamples);
  std::vector<std::size_t> positions(used);
  for (std::size_t i = 0; i < used; ++i) positions[i] = i * (count - 1) / (used - 1);
  return positions;
}

// Sum over groups of equal values of t (t - 1) (2 t + 5).
double tie_term(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double term = 0;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::upper_bound(first, sorted.end(), *first);
    const auto t = static_cast<double>(last - first);
    term += t * (t - 1) * (2 * t + 5);
    first = last;
  }
  return term;
}

}  // namespace

std::optional<double> lag1_autocorrelation(std::span<const double> series) {
  if (series.size() < 3 || !all_finite(series)) return std::nullopt;
  const auto [least, most] = std::minmax_element(series.begin(), series.end());
  if (*least == *most) return 0.0;
  // Scaled to at most 1, so that the squares of large values cannot overflow.
  const double scale = std::max(std::abs(*least), std::abs(*most));
  double mean = 0;
  for (const double v : series) mean += v / scale / static_cast<double>(series.size());
  double products = 0;
  double squares = 0;
  double previous = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double deviation = series[i] / scale - mean;
    if (i > 0) products += previous * deviation;
    squares += deviation * deviation;
    previous = deviation;
  }
  // Values so close that their deviations vanish in double precision are constant to us.
  return squares > 0 ? products / squares : 0.0;
}

double variance_inflation(std::span<const double> series) {
  const double r1 = std::max(significant_autocorrelation(mid_ranks(series)),
                             significant_autocorrelation(signs_about_median(series)));
  if (r1 >= 1) return std::numeric_limits<double>::infinity();
  return (1 + r1) / (1 - r1);
}

std::optional<Drift> drift_test(std::span<const double> series) {
  if (series.size() < kDriftMinimum || !all_finite(series)) return std::nullopt;
  const std::vector<std::size_t> positions = thinned_positions(series.size());
  const std::size_t used = positions.size();
  std::vector<double> values(used);
  for (std::size_t i = 0; i < used; ++i) values[i] = series[positions[i]];

  std::int64_t rises_less_falls = 0;
  std::vector<double> slopes;
  slopes.reserve(used * (used - 1) / 2);
  for (std::size_t i = 0; i < used; ++i) {
    for (std::size_t j = i + 1; j < used; ++j) {
      rises_less_falls += (values[j] > values[i]) - (values[j] < values[i]);
      const auto distance = static_cast<double>(positions[j] - positions[i]);
      slopes.push_back(values[j] / distance - values[i] / distance);
    }
  }
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  double slope = *middle;
  if (slopes.size() % 2 == 0) {
    slope = std::midpoint(*std::max_element(slopes.begin(), middle), slope);
  }

  const auto n = static_cast<double>(used);
  const double plain_variance = (n * (n - 1) * (2 * n + 5) - tie_term(values)) / 18;
  const double r = autocorrelation_beside_a_trend(values);
  const double deviation = std::sqrt(plain_variance * (1 + r) / (1 - r));
  const auto s = static_cast<double>(rises_less_falls);
  double z = 0;
  if (s != 0) z = (s - std::copysign(1.0, s)) / deviation;
  return Drift{slope, z, std::erfc(std::abs(z) / std::sqrt(2.0)), used};
}

Outlier Fences::classify(double value) const {
  if (value < low_severe) return Outlier::low_severe;
  if (value < low_mild) return Outlier::low_mild;
  if (value > high_severe) return Outlier::high_severe;
  if (value > high_mild) return Outlier::high_mild;
  return Outlier::none;
}

std::optional<Fences> tukey_fences(std::span<const double> values) {
  if (values.size() < 4 || !all_finite(values)) return std::nullopt;
  const double q1 = quantile(values, 0.25);
  const double q3 = quantile(values, 0.75);
  const double range = q3 - q1;
  return Fences{q1 - 3 * range, q1 - 1.5 * range, q3 + 1.5 * range, q3 + 3 * range};
}

std::optional<OutlierCounts> count_outliers(std::span<const double> values) {
  const std::optional<Fences> fences = tukey_fences(values);
  if (!fences) return std::nullopt;
  OutlierCounts counts;
  for (const double value : values) {
    switch (fences->classify(value)) {
      case Outlier::none: break;
      case Outlier::low_mild: ++counts.low_mild; break;
      case Outlier::low_severe: ++counts.low_severe; break;
      case Outlier::high_mild: ++counts.high_mild; break;
      case Outlier::high_severe: ++counts.high_severe; break;
    }
  }
  return counts;
}

}  // namespace aisp::stats
