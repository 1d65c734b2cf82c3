// What the order of the samples in time tells: dependence, drift, outliers. Everything is counted
// and reported; nothing here removes a sample.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace aisp::stats {

// Correlation of each value with the next, -1 to 1; 0 for a constant series. nullopt for fewer than
// three values or any that is not finite.
std::optional<double> lag1_autocorrelation(std::span<const double> series);

// n / n_eff = (1 + r1) / (1 - r1): by how much dependence inflates the variance of an estimate of
// location (Bayley and Hammersley, "The 'effective' number of independent observations in an
// autocorrelated time series", 1946, for a first-order autoregression). r1 is the larger of the
// autocorrelation of the ranks (sharp for noise without modes) and of the signs about the median
// (sharp for a machine that switches between modes), each corrected for its bias of -(1 + 4 r1) / n
// (Kendall 1954). Exactly 1 unless an r1 is significantly above 0 (one-sided, 10 %), so negative
// correlation never sharpens an interval. Infinite where r1 reaches 1, as for a trend. Known
// limits: an r1 of 0.5 is often missed below 30 values; dependence with a small r1 that dies out
// slowly (white noise on a slow wave) is underestimated, which is what the drift test is for; where
// a machine switches between two modes, half the time each, nothing lies at the median and the 95 %
// interval covers about 80 %. Needs finite values; O(n log n).
double variance_inflation(std::span<const double> series);

struct Drift {
  double slope;      // Theil-Sen: median of the pairwise slopes, unit of the values per sample
  double z;          // Mann-Kendall, positive when the values rise
  double p_value;    // two-sided
  std::size_t used;  // samples looked at; fewer than were given only when thinned

  bool significant(double level = 0.01) const { return p_value < level; }
};

// Pairs grow with n^2: a series longer than this is thinned to so many samples, evenly spaced, its
// first and last among them. 2000 samples take 16 MB for the slopes for the time of the call.
inline constexpr std::size_t kDriftSamples = 2000;

// Below this the normal approximation of the Mann-Kendall statistic is poor (Kendall 1975).
inline constexpr std::size_t kDriftMinimum = 8;

// Mann-Kendall test with ties and continuity correction. Its variance is inflated by
// (1 + r) / (1 - r) for autocorrelated noise (Yue and Wang, "The Mann-Kendall test modified by
// effective sample size", 2004), because dependence alone would pass for drift. Other than there, r
// comes from the differences of neighbours: what is left beside a straight line would be so
// dependent after a step that the step were hidden, while differences of an AR(1) correlate by
// -(1 - r) / 2 with a step or without. At a level of 5 %, simulated, 4 to 5 % of independent series
// pass for drift, and of AR(1) with r = 0.5 9 % at n = 20 and 5 % from n = 100. nullopt for fewer
// than kDriftMinimum values or any that is not finite.
std::optional<Drift> drift_test(std::span<const double> series);

enum class Outlier { none, low_mild, low_severe, high_mild, high_severe };

constexpr std::string_view to_string(Outlier o) {
  switch (o) {
    case Outlier::none: return "none";
    case Outlier::low_mild: return "low mild";
    case Outlier::low_severe: return "low severe";
    case Outlier::high_mild: return "high mild";
    case Outlier::high_severe: return "high severe";
  }
  return "?";
}

// Tukey, "Exploratory Data Analysis" (1977): beyond 1.5 interquartile ranges from the quartiles an
// outlier is mild, beyond 3 severe. A value on a fence is inside it.
struct Fences {
  double low_severe, low_mild, high_mild, high_severe;

  Outlier classify(double value) const;
};

// nullopt for fewer than four values or any that is not finite.
std::optional<Fences> tukey_fences(std::span<const double> values);

struct OutlierCounts {
  std::size_t low_mild = 0, low_severe = 0, high_mild = 0, high_severe = 0;

  std::size_t total() const { return low_mild + low_severe + high_mild + high_severe; }
};

// Each outlier is counted in one class. nullopt where there are no fences.
std::optional<OutlierCounts> count_outliers(std::span<const double> values);

}  // namespace aisp::stats
