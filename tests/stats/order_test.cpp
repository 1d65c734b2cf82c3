#include "stats/order.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "values.h"

namespace aisp::stats {
namespace {

using testing::kInfinity;
using testing::kNan;
using testing::Values;

TEST(Order, MedianOfOddAndEvenCounts) {
  EXPECT_EQ(median(Values{7}), 7);
  EXPECT_EQ(median(Values{5, 1, 3}), 3);
  EXPECT_EQ(median(Values{4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median(Values{-1, -5}), -3);
}

TEST(Order, MedianOfHugeValuesDoesNotOverflow) {
  EXPECT_EQ(median(Values{1.5e308, 1.7e308}), 1.6e308);
}

TEST(Order, NoValuesAndBadValuesGiveNan) {
  for (const Values& bad : {Values{}, Values{1, kNan, 2}, Values{1, 2, kInfinity}}) {
    EXPECT_TRUE(std::isnan(median(bad)));
    EXPECT_TRUE(std::isnan(quantile(bad, 0.5)));
    EXPECT_TRUE(std::isnan(median_absolute_deviation(bad)));
  }
}

TEST(Order, QuantileInterpolatesBetweenNeighbours) {
  const Values values{40, 10, 30, 20, 50};
  EXPECT_EQ(quantile(values, 0), 10);
  EXPECT_EQ(quantile(values, 1), 50);
  EXPECT_EQ(quantile(values, 0.25), 20);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 46);
  EXPECT_DOUBLE_EQ(quantile(Values{1, 2, 3, 4}, 0.25), 1.75);
  for (const double outside : {-0.01, 1.01, kNan}) {
    EXPECT_TRUE(std::isnan(quantile(values, outside)));
  }
}

TEST(Order, MedianAbsoluteDeviationIgnoresOneWildValue) {
  EXPECT_EQ(median_absolute_deviation(Values{1, 2, 3, 4, 1000}), 1);
}

TEST(Order, EqualValuesShareTheirMeanRank) {
  EXPECT_EQ(mid_ranks(Values{30, 10, 20, 20}), (Values{4, 1, 2.5, 2.5}));
  EXPECT_EQ(mid_ranks(Values{5, 5, 5}), (Values{2, 2, 2}));
}

}  // namespace
}  // namespace aisp::stats
