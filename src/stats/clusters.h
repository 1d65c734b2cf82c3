// Medians of values that come in groups which have something in common: rounds of one process.
#pragma once

#include <optional>
#include <span>

#include "stats/interval.h"

namespace aisp::stats {

// The t that a Student variable with `freedom` degrees of freedom is beyond, on either side, with probability 1 - confidence;
// Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4. NaN for freedom < 1 or a confidence
// outside (0, 1).
double student_t(double confidence, int freedom);

// Interval of the median of values from several groups, `groups` with the number of the group of each, in the order of their
// measurement. A sign test with the variance of sums of groups (as Liang and Zeger, "Longitudinal data
// analysis using generalized linear models", 1986, have it): with the sums z_g of the signs of x - m in each group, the interval are the m
// for which (sum z_g)^2 is no more than sum z_g^2 allows. So it is that of the single values where groups have nothing in common, and that of as many values as
// there are groups where a group's values are all the same; on a loud machine, where a group of three says little by itself, it is less
// than half as wide as the interval of the groups' medians. A group that is more than twice as large as the middle one counts
// as if it were not. What neighbouring groups have in common (a neighbour's job that lasted for some of them) widens it, as far as
// their correlation is above zero at all, significant or not.
// Simulated, 8 to 40 groups of 3, the last one up to 20 times as large, normal, with outliers or with loud groups, groups that differ by
// 0 to 3 times as much as values do: 95 % intervals cover 97 to 98.5 %, those of 99 % at least 99.2; where group after group depends on
// the one before with a correlation of 0.5, 91 to 97 % and 94 to 99 (sign-test intervals of the groups' medians: 88 to 97, 89 to 99).
// The bound is therefore that of half the chance to err: with the nominal one 92 to 95 % were covered.
// nullopt where so few groups cannot say it with that confidence, for a value that is not finite, and for spans of different size.
std::optional<Interval> clustered_interval(std::span<const double> values,
                                           std::span<const int> groups, double confidence);

}  // namespace aisp::stats
