// Order statistics. All take the values in any order, leave them alone and copy them once (O(n)
// memory). NaN is returned for no values, and for values of which any is not finite: a bad sample
// is never dropped and never sorted somewhere by chance.
#pragma once

#include <span>
#include <vector>

namespace aisp::stats {

bool all_finite(std::span<const double> values);

// The middle value; for an even count the mean of the two in the middle.
double median(std::span<const double> values);

// Linear between order statistics at (n - 1) q: type 7 of Hyndman and Fan, "Sample quantiles in
// statistical packages" (1996). NaN for q outside [0, 1].
double quantile(std::span<const double> values, double q);

// Median of |x - median(x)|, in the unit of the values. Not scaled: times 1.4826 it estimates the
// standard deviation of a normal distribution.
double median_absolute_deviation(std::span<const double> values);

// The rank of each value, 1 to n, in the order of `values`; equal values share their mean rank.
// Needs finite values.
std::vector<double> mid_ranks(std::span<const double> values);

}  // namespace aisp::stats
