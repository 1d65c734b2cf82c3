// Intervals of values that come in groups: coverage by simulation, and that groups count.
#include "stats/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "stats/random_series.h"
#include "stats/values.h"

namespace aisp::stats {
namespace {

using testing::RandomSeries;
using testing::Values;

TEST(StudentT, IsThatOfTheTables) {
  EXPECT_NEAR(student_t(0.95, 1), 12.7062, 1e-4);
  EXPECT_NEAR(student_t(0.95, 2), 4.30265, 1e-5);
  EXPECT_NEAR(student_t(0.95, 10), 2.22814, 1e-5);
  EXPECT_NEAR(student_t(0.99, 7), 3.49948, 1e-5);
  EXPECT_NEAR(student_t(0.995, 11), 3.49661, 1e-5);
  EXPECT_NEAR(student_t(0.95, 1000), 1.96234, 1e-5);
  EXPECT_TRUE(std::isnan(student_t(0.95, 0)));
  EXPECT_TRUE(std::isnan(student_t(1, 5)));
}

struct Drawn {
  Values values;
  std::vector<int> groups;
};

// `between`: how much groups differ, in units of what values of a group do. `loud`: a third of the groups is ten times as noisy.
// `correlation`: of a group with the one before.
Drawn draw_groups(RandomSeries& random, int groups, int each, int last, double between, bool loud,
                  double correlation) {
  Drawn drawn;
  double shift = random.normal();
  for (int g = 0; g < groups; ++g) {
    shift = correlation * shift + std::sqrt(1 - correlation * correlation) * random.normal();
    const double noise = !loud ? 1 : random.uniform() < 0.3 ? 5 : 0.5;
    for (int i = 0; i < (g == groups - 1 ? last : each); ++i) {
      drawn.values.push_back(between * shift + noise * random.normal());
      drawn.groups.push_back(g);
    }
  }
  return drawn;
}

TEST(ClusteredInterval, Covers) {
  RandomSeries random(30);
  constexpr int kSamples = 2000;
  for (const int groups : {8, 12, 40})
    for (const double confidence : {0.95, 0.99})
      for (const double between : {0.0, 1.0, 3.0})
        for (const bool loud : {false, true}) {
          int covered = 0, said = 0;
          for (int i = 0; i < kSamples; ++i) {
            const Drawn d = draw_groups(random, groups, 3, groups, between, loud, 0);
            const auto interval = clustered_interval(d.values, d.groups, confidence);
            if (!interval) continue;
            ++said;
            covered += interval->low <= 0 && 0 <= interval->high;
            EXPECT_LE(interval->low, interval->estimate);
            EXPECT_LE(interval->estimate, interval->high);
          }
          const double share = static_cast<double>(covered) / said;
          std::printf("%2d groups, %.1f between%s, %.2f: %.3f of %d\n", groups, between,
                      loud ? ", loud" : "", confidence, share, said);
          EXPECT_GE(share, confidence - 0.01) << groups << " groups, " << between;
          EXPECT_GE(said, kSamples / 2);
        }
}

TEST(ClusteredInterval, NeighboursInCommonWidenIt) {
  RandomSeries random(31);
  constexpr int kSamples = 2000;
  for (const int groups : {12, 40}) {
    int covered = 0, said = 0;
    for (int i = 0; i < kSamples; ++i) {
      const Drawn d = draw_groups(random, groups, 3, groups, 1, false, 0.5);
      const auto interval = clustered_interval(d.values, d.groups, 0.95);
      if (!interval) continue;
      ++said;
      covered += interval->low <= 0 && 0 <= interval->high;
    }
    std::printf("%d groups: %d of %d\n", groups, covered, said);
    EXPECT_GE(covered, 0.9 * said) << groups;
  }
}

// What groups are is what counts: the same values, together or apart.
TEST(ClusteredInterval, IsThatOfGroupsWhereTheirValuesAreTheSame) {
  Drawn d;
  Values medians;
  RandomSeries random(32);
  for (int g = 0; g < 20; ++g) {
    medians.push_back(random.normal());
    for (int i = 0; i < 5; ++i) {
      d.values.push_back(medians.back());
      d.groups.push_back(g);
    }
  }
  const auto together = clustered_interval(d.values, d.groups, 0.95);
  const auto by_medians = median_interval(medians, 0.95);
  ASSERT_TRUE(together && by_medians);
  EXPECT_LE(together->low, by_medians->low);
  EXPECT_GE(together->high, by_medians->high);
  EXPECT_NEAR(together->estimate, by_medians->estimate, 1e-12);
}

TEST(ClusteredInterval, OnALoudMachineItIsMuchNarrowerThanThatOfMedians) {
  RandomSeries random(33);
  Values widths, by_medians;
  for (int i = 0; i < 500; ++i) {
    const Drawn d = draw_groups(random, 11, 3, 15, 0, true, 0);
    Values medians;
    for (int g = 0; g < 11; ++g) {
      Values group;
      for (std::size_t k = 0; k < d.values.size(); ++k)
        if (d.groups[k] == g) group.push_back(d.values[k]);
      std::sort(group.begin(), group.end());
      medians.push_back(group[group.size() / 2]);
    }
    const auto here = clustered_interval(d.values, d.groups, 0.99);
    const auto there = median_interval(medians, 0.99);
    if (!here || !there) continue;
    widths.push_back(here->high - here->low);
    by_medians.push_back(there->high - there->low);
  }
  ASSERT_GT(widths.size(), 200u);
  std::sort(widths.begin(), widths.end());
  std::sort(by_medians.begin(), by_medians.end());
  const std::size_t middle = widths.size() / 2;
  EXPECT_LT(widths[middle], 0.5 * by_medians[middle]);
}

// Who is large has no more to say than twice the others.
TEST(ClusteredInterval, AGroupIsNotMadeMoreOfByItsSize) {
  Drawn d;
  for (int g = 0; g < 12; ++g)
    for (int i = 0; i < (g == 11 ? 300 : 3); ++i) {
      d.values.push_back(g == 11 ? 200 + 0.001 * i : 100 + g % 4 + 0.1 * i);
      d.groups.push_back(g);
    }
  const auto interval = clustered_interval(d.values, d.groups, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->estimate, 110);
}

TEST(ClusteredInterval, SaysNothingWhereItCannot) {
  const Values values = {1, 2, 3, 4, 5};
  EXPECT_FALSE(clustered_interval(values, std::vector<int>{0, 1, 2, 3, 4}, 0.95));
  EXPECT_FALSE(clustered_interval(values, std::vector<int>{0, 1}, 0.95));
  EXPECT_FALSE(clustered_interval(Values{}, std::vector<int>{}, 0.95));
  const Values equal(24, 7.0);
  std::vector<int> groups(24);
  for (std::size_t i = 0; i < 24; ++i) groups[i] = static_cast<int>(i / 2);
  const auto interval = clustered_interval(equal, groups, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 7);
  EXPECT_EQ(interval->high, 7);
  EXPECT_EQ(interval->estimate, 7);
  Values trend;
  for (int i = 0; i < 24; ++i) trend.push_back(i);
  EXPECT_FALSE(clustered_interval(trend, groups, 0.95)) << "group after group goes the same way";
  Values bad = equal;
  bad[3] = std::nan("");
  EXPECT_FALSE(clustered_interval(bad, groups, 0.95));
}

}  // namespace
}  // namespace aisp::stats
