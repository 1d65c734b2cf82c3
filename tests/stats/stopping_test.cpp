#include "stats/stopping.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "random_series.h"
#include "stats/verdict.h"

namespace aisp::stats {
namespace {

using testing::RandomSeries;
using Speedups = std::vector<std::optional<Interval>>;

constexpr StoppingRule kRule{0.01, 20, 1000, 1'000'000};
const Speedups kNarrow{Interval{2.0, 1.99, 2.01}};
const Speedups kWide{Interval{2.0, 1.9, 2.1}};

TEST(Stopping, NarrowIsMeasuredAsARatio) {
  EXPECT_TRUE(narrow_enough(Interval{100, 99, 101}, 0.01));
  EXPECT_FALSE(narrow_enough(Interval{100, 98.99, 101}, 0.01));
  EXPECT_TRUE(narrow_enough(Interval{1e-3, 0.99e-3, 1.0099e-3}, 0.01));
  EXPECT_FALSE(narrow_enough(std::nullopt, 0.01));
  EXPECT_FALSE(narrow_enough(Interval{0, 0, 0}, 0.01));
  EXPECT_FALSE(narrow_enough(Interval{-1, -1, -1}, 0.01));
  EXPECT_FALSE(narrow_enough(Interval{2, 2, std::numeric_limits<double>::quiet_NaN()}, 0.01));
  for (const double none : {0.0, 1.0, -0.01}) {
    EXPECT_FALSE(narrow_enough(Interval{2, 2, 2}, none)) << none;
  }
}

TEST(Stopping, LooksOnAGeometricGrid) {
  std::vector<int> looks;
  for (int rounds = 0; rounds <= 60; ++rounds) {
    if (is_look(kRule, rounds)) looks.push_back(rounds);
  }
  EXPECT_EQ(looks, (std::vector<int>{20, 22, 24, 27, 30, 33, 37, 41, 46, 51, 57}));
  int count = 0;
  for (int rounds = 0; rounds <= 1000; ++rounds) count += is_look(kRule, rounds);
  EXPECT_EQ(count, 35);
  EXPECT_TRUE(is_look({0.01, 0, 10, 1}, 1));
  EXPECT_FALSE(is_look(kRule, std::numeric_limits<int>::max()));
}

TEST(Stopping, StopsWhenAllAreNarrow) {
  EXPECT_EQ(should_stop(kRule, 20, 0, kNarrow), Stop::interval);
  EXPECT_EQ(should_stop(kRule, 20, 0, kWide), Stop::no);
  EXPECT_EQ(should_stop(kRule, 20, 0, Speedups{kNarrow[0], kWide[0]}), Stop::no);
  EXPECT_EQ(should_stop(kRule, 20, 0, Speedups{kNarrow[0], std::nullopt}), Stop::no);
  EXPECT_EQ(should_stop(kRule, 20, 0, Speedups{}), Stop::no);
}

TEST(Stopping, DoesNotLookBetweenLooksNorBeforeTheFirst) {
  EXPECT_EQ(should_stop(kRule, 21, 0, kNarrow), Stop::no);
  EXPECT_EQ(should_stop(kRule, 22, 0, kNarrow), Stop::interval);
  EXPECT_EQ(should_stop(kRule, 10, 0, kNarrow), Stop::no);
}

TEST(Stopping, LimitsEndARunAnywhere) {
  EXPECT_EQ(should_stop(kRule, 3, 999'999, kWide), Stop::no);
  EXPECT_EQ(should_stop(kRule, 3, 1'000'000, kWide), Stop::time);
  EXPECT_EQ(should_stop(kRule, 3, 1'000'000, kNarrow), Stop::time);
  EXPECT_EQ(should_stop(kRule, 21, 1'000'000, kNarrow), Stop::interval);
  EXPECT_EQ(should_stop(kRule, 999, 0, kWide), Stop::no);
  EXPECT_EQ(should_stop(kRule, 1000, 0, kWide), Stop::rounds);
  EXPECT_EQ(should_stop(kRule, 1000, 0, kNarrow), Stop::interval);
  EXPECT_EQ(should_stop(kRule, 1000, 1'000'000, kWide), Stop::time);
}

// Runs under the rule, of two that are equal, with 2 % of noise in the ratio from `draw`.
// The baseline is constant, which loses nothing: only the ratio counts.
struct Outcome {
  double covered = 0, false_verdicts = 0, stopped_by_interval = 0;
};

Outcome run(int runs, const StoppingRule& rule,
            const std::function<std::vector<double>(std::size_t)>& draw) {
  Outcome outcome;
  for (int i = 0; i < runs; ++i) {
    const auto most = static_cast<std::size_t>(rule.max_rounds);
    std::vector<double> candidate = draw(most);
    for (double& v : candidate) v = 1000 * std::exp(0.02 * v);
    const std::vector<double> baseline(most, 1000.0);
    for (int rounds = rule.min_rounds; rounds <= rule.max_rounds; ++rounds) {
      if (!is_look(rule, rounds) && rounds < rule.max_rounds) continue;
      const auto n = static_cast<std::size_t>(rounds);
      const Speedups speedups{
          speedup_interval(std::span(baseline).first(n), std::span(candidate).first(n), 0.95)};
      const Stop stop = should_stop(rule, rounds, 0, speedups);
      if (stop == Stop::no) continue;
      const auto& speedup = speedups[0];
      outcome.covered += speedup && speedup->low <= 1 && 1 <= speedup->high;
      const Comparison verdict = compare(speedup, 0.01);
      outcome.false_verdicts += verdict == Comparison::faster || verdict == Comparison::slower;
      outcome.stopped_by_interval += stop == Stop::interval;
      break;
    }
  }
  outcome.covered /= runs;
  outcome.false_verdicts /= runs;
  outcome.stopped_by_interval /= runs;
  return outcome;
}

TEST(Stopping, KeepsTheCoverageNearlyAndEqualsEqual) {
  RandomSeries random(1);
  const Outcome outcome =
      run(2000, {0.01, 30, 500, INT64_MAX}, [&](std::size_t n) { return random.normals(n); });
  EXPECT_GE(outcome.covered, 0.93);
  EXPECT_LT(outcome.false_verdicts, 0.02);
  EXPECT_GT(outcome.stopped_by_interval, 0.99);
}

TEST(Stopping, KeepsTheCoverageNearlyUnderDependence) {
  RandomSeries random(2);
  const Outcome outcome = run(2000, {0.01, 30, 500, INT64_MAX},
                              [&](std::size_t n) { return random.autoregression(n, 0.5); });
  EXPECT_GE(outcome.covered, 0.92);
  EXPECT_GT(outcome.stopped_by_interval, 0.99);
}

TEST(Stopping, HalfTheMarginMakesFalseVerdictsRare) {
  RandomSeries random(3);
  const Outcome outcome =
      run(2000, {0.005, 30, 500, INT64_MAX}, [&](std::size_t n) { return random.normals(n); });
  EXPECT_GE(outcome.covered, 0.92);
  EXPECT_LT(outcome.false_verdicts, 0.005);
}

}  // namespace
}  // namespace aisp::stats
