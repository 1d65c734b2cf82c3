#include "stats/series.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "random_series.h"
#include "values.h"

namespace aisp::stats {
namespace {

using testing::kNan;
using testing::RandomSeries;
using testing::Values;

TEST(Autocorrelation, OfSeriesDoneByHand) {
  // Deviations -2 -1 0 1 2: products 2 + 0 + 0 + 2, squares 10.
  EXPECT_DOUBLE_EQ(*lag1_autocorrelation(Values{1, 2, 3, 4, 5}), 0.4);
  EXPECT_DOUBLE_EQ(*lag1_autocorrelation(Values{1, -1, 1, -1}), -0.75);
  EXPECT_EQ(*lag1_autocorrelation(Values{3, 3, 3}), 0);
  EXPECT_NEAR(*lag1_autocorrelation(Values{1e300, 2e300, 3e300, 4e300, 5e300}), 0.4, 1e-12);
}

TEST(Autocorrelation, NeedsThreeFiniteValues) {
  EXPECT_FALSE(lag1_autocorrelation(Values{1, 2}));
  EXPECT_FALSE(lag1_autocorrelation(Values{1, kNan, 2}));
}

TEST(Autocorrelation, FindsTheCoefficientOfAnAutoregression) {
  RandomSeries random(1);
  EXPECT_NEAR(*lag1_autocorrelation(random.autoregression(20000, 0.5)), 0.5, 0.02);
  EXPECT_NEAR(*lag1_autocorrelation(random.normals(20000)), 0, 0.02);
}

TEST(VarianceInflation, IsOneWithoutPositiveDependence) {
  RandomSeries random(2);
  int widened = 0;
  for (int i = 0; i < 500; ++i) widened += variance_inflation(random.normals(100)) > 1;
  EXPECT_LT(widened, 100);  // two tests at 10 %, which mostly agree
  EXPECT_EQ(variance_inflation(random.autoregression(100, -0.6)), 1);
  EXPECT_EQ(variance_inflation(Values(50, 1.0)), 1);
}

TEST(VarianceInflation, FollowsTheFormulaForAnAutoregression) {
  RandomSeries random(3);
  // Ranks of a normal AR(1) correlate by 6 / pi asin(r / 2) = 0.4826: (1 + r1) / (1 - r1) = 2.866.
  EXPECT_NEAR(variance_inflation(random.autoregression(50000, 0.5)), 2.866, 0.1);
}

TEST(VarianceInflation, SeesModesThroughTheNoiseWithinThem) {
  RandomSeries random(4);
  Values series(5000);
  bool slow = false;
  for (double& v : series) {
    if (random.uniform() < 0.1) slow = !slow;
    v = (slow ? 10 : 0) + random.normal();
  }
  EXPECT_GT(variance_inflation(series), 4);
}

TEST(Drift, OfAStraightLineIsItsSlope) {
  Values line(20);
  std::iota(line.begin(), line.end(), 0.0);
  for (double& v : line) v = 100 - 2.5 * v;
  const auto drift = drift_test(line);
  ASSERT_TRUE(drift);
  EXPECT_DOUBLE_EQ(drift->slope, -2.5);
  EXPECT_LT(drift->z, -5);
  EXPECT_TRUE(drift->significant());
  EXPECT_EQ(drift->used, 20u);
}

TEST(Drift, StatisticOfASmallSeriesDoneByHand) {
  // 27 rises and 1 fall: S = 26, variance 8 * 7 * 21 / 18 = 65.33; z = 25 / 8.083.
  const auto drift = drift_test(Values{1, 2, 3, 5, 4, 6, 7, 8});
  ASSERT_TRUE(drift);
  EXPECT_NEAR(drift->z, 3.0929, 1e-3);
  EXPECT_NEAR(drift->p_value, 0.00198, 1e-4);
  // The same with a tie: 27 rises, variance (8 * 7 * 21 - 2 * 1 * 9) / 18 = 64.33; z = 26 / 8.021.
  EXPECT_NEAR(drift_test(Values{1, 2, 3, 4, 4, 6, 7, 8})->z, 3.2416, 1e-3);
}

TEST(Drift, NoneInAConstant) {
  const auto drift = drift_test(Values(50, 3.0));
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->slope, 0);
  EXPECT_EQ(drift->z, 0);
  EXPECT_EQ(drift->p_value, 1);
}

TEST(Drift, IsRarelySeenWhereThereIsNone) {
  RandomSeries random(5);
  int independent = 0;
  int dependent = 0;
  for (int i = 0; i < 500; ++i) {
    independent += drift_test(random.normals(100))->significant(0.05);
    dependent += drift_test(random.autoregression(100, 0.5))->significant(0.05);
  }
  EXPECT_LE(independent, 35);  // expected 25 less what the inflation takes; 35 is +2 deviations
  EXPECT_GE(independent, 8);
  EXPECT_LE(dependent, 35);  // without the inflation about 120
}

TEST(Drift, IsFoundUnderNoiseAndOutliers) {
  RandomSeries random(6);
  int found = 0;
  for (int i = 0; i < 100; ++i) {
    Values series = random.normals(200);
    for (std::size_t k = 0; k < series.size(); ++k) {
      series[k] += 0.01 * static_cast<double>(k);
      if (k % 20 == 7) series[k] += 1000;
    }
    const auto drift = drift_test(series);
    found += drift->significant() && std::abs(drift->slope - 0.01) < 0.005;
  }
  EXPECT_GE(found, 98);
}

TEST(Drift, SeesAStep) {
  RandomSeries random(7);
  for (const double step : {3.0, 30.0, 3000.0}) {
    Values series = random.normals(100);
    for (std::size_t k = 50; k < series.size(); ++k) series[k] += step;
    EXPECT_TRUE(drift_test(series)->significant()) << step;
  }
}

TEST(Drift, ThinsALongSeriesFromEndToEnd) {
  Values series(100000);
  std::iota(series.begin(), series.end(), 0.0);
  const auto drift = drift_test(series);
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->used, kDriftSamples);
  EXPECT_DOUBLE_EQ(drift->slope, 1);
  // The slope between i and j of a parabola is i + j: its median tells how far it looked.
  for (double& v : series) v *= v;
  EXPECT_NEAR(drift_test(series)->slope, 99999, 100);
}

TEST(Drift, NeedsEightFiniteValues) {
  EXPECT_FALSE(drift_test(Values{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_FALSE(drift_test(Values{1, 2, 3, 4, 5, 6, 7, kNan}));
}

TEST(Outliers, AreClassedByTukeysFences) {
  // Quartiles 3 and 7 of 1 to 9: fences at -9, -3, 13 and 19.
  const auto fences = tukey_fences(Values{9, 8, 7, 6, 5, 4, 3, 2, 1});
  ASSERT_TRUE(fences);
  EXPECT_EQ(fences->classify(-9.1), Outlier::low_severe);
  EXPECT_EQ(fences->classify(-9), Outlier::low_mild);
  EXPECT_EQ(fences->classify(-3), Outlier::none);
  EXPECT_EQ(fences->classify(13), Outlier::none);
  EXPECT_EQ(fences->classify(13.1), Outlier::high_mild);
  EXPECT_EQ(fences->classify(19), Outlier::high_mild);
  EXPECT_EQ(fences->classify(19.1), Outlier::high_severe);
}

TEST(Outliers, EachIsCountedOnce) {
  Values values;
  for (int i = 0; i < 101; ++i) values.push_back(i);  // quartiles 25 and 75
  for (const double extra : {-150.0, 230.0, 300.0, 400.0, 500.0, -90.0}) values.push_back(extra);
  const auto counts = count_outliers(values);  // quartiles 24.5 and 77.5
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->low_mild, 1u);  // -90
  EXPECT_EQ(counts->low_severe, 1u);
  EXPECT_EQ(counts->high_mild, 1u);  // 230
  EXPECT_EQ(counts->high_severe, 3u);
  EXPECT_EQ(counts->total(), 6u);
}

TEST(Outliers, NeedFourFiniteValues) {
  EXPECT_FALSE(count_outliers(Values{1, 2, 3}));
  EXPECT_FALSE(count_outliers(Values{1, 2, 3, kNan}));
}

}  // namespace
}  // namespace aisp::stats
