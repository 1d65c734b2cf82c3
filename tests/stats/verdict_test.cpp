#include "stats/verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "random_series.h"
#include "values.h"

namespace aisp::stats {
namespace {

using testing::kInfinity;
using testing::kNan;
using testing::RandomSeries;

TEST(Verdict, FollowsTheRule) {
  EXPECT_EQ(compare(Interval{2.1, 2.0, 2.2}, 0.01), Comparison::faster);
  EXPECT_EQ(compare(Interval{0.5, 0.4, 0.6}, 0.01), Comparison::slower);
  EXPECT_EQ(compare(Interval{1.0, 0.995, 1.005}, 0.01), Comparison::same);
  EXPECT_EQ(compare(Interval{1.0, 0.9, 1.1}, 0.01), Comparison::not_enough_evidence);
  EXPECT_EQ(compare(std::nullopt, 0.01), Comparison::not_enough_evidence);
}

TEST(Verdict, AtItsEdges) {
  // Surely above 1, but by too little to matter.
  EXPECT_EQ(compare(Interval{1.005, 1.002, 1.008}, 0.01), Comparison::same);
  EXPECT_EQ(compare(Interval{1.005, 1.002, 1.02}, 0.01), Comparison::not_enough_evidence);
  EXPECT_EQ(compare(Interval{0.995, 0.98, 0.998}, 0.01), Comparison::not_enough_evidence);
  // Much, but not surely.
  EXPECT_EQ(compare(Interval{1.5, 1.0, 2.0}, 0.01), Comparison::not_enough_evidence);
  EXPECT_EQ(compare(Interval{0.7, 0.5, 1.0}, 0.01), Comparison::not_enough_evidence);
  // The margin is a ratio on both sides: 1 / 1.25 = 0.8.
  EXPECT_EQ(compare(Interval{1.0, 0.8, 1.25}, 0.25), Comparison::same);
  EXPECT_EQ(compare(Interval{0.9, 0.79, 0.95}, 0.25), Comparison::not_enough_evidence);
  EXPECT_EQ(compare(Interval{0.79, 0.7, 0.95}, 0.25), Comparison::slower);
  EXPECT_EQ(compare(Interval{1.0, 1.0, 1.0}, 0), Comparison::same);
}

TEST(Verdict, ABrokenIntervalIsNoEvidence) {
  for (const Interval& broken :
       {Interval{kNan, 2, 3}, Interval{2, kNan, 3}, Interval{2, 1.5, kNan}, Interval{2, 3, 1.5},
        Interval{2, 1.5, kInfinity}, Interval{0.5, 0, 0.9}, Interval{1.1, 1.2, 1.3}}) {
    EXPECT_EQ(compare(broken, 0.01), Comparison::not_enough_evidence);
  }
  EXPECT_EQ(compare(Interval{2, 1.5, 3}, kNan), Comparison::not_enough_evidence);
  EXPECT_EQ(compare(Interval{2, 1.5, 3}, -0.5), Comparison::not_enough_evidence);
}

TEST(Verdict, HasAPlainName) {
  EXPECT_EQ(to_string(Comparison::faster), "faster");
  EXPECT_EQ(to_string(Comparison::slower), "slower");
  EXPECT_EQ(to_string(Comparison::same), "same");
  EXPECT_EQ(to_string(Comparison::not_enough_evidence), "not enough evidence");
}

// How often each answer is given to 1000 pairs of series of `rounds` rounds with independent noise
// in each of the two, where the candidate takes `slowdown` times as long.
struct Answers {
  int faster = 0, slower = 0, same = 0, not_enough_evidence = 0;
};

Answers answers(std::uint64_t seed, std::size_t rounds, double noise, double slowdown) {
  RandomSeries random(seed);
  Answers count;
  for (int i = 0; i < 1000; ++i) {
    std::vector<double> baseline(rounds);
    std::vector<double> candidate(rounds);
    for (std::size_t k = 0; k < rounds; ++k) {
      baseline[k] = 1e5 * std::exp(noise * random.normal());
      candidate[k] = 1e5 * slowdown * std::exp(noise * random.normal());
    }
    switch (compare(speedup_interval(baseline, candidate, 0.95), 0.01)) {
      case Comparison::faster: ++count.faster; break;
      case Comparison::slower: ++count.slower; break;
      case Comparison::same: ++count.same; break;
      case Comparison::not_enough_evidence: ++count.not_enough_evidence; break;
    }
  }
  return count;
}

TEST(Verdict, EqualsAreRarelyCalledDifferent) {
  const Answers one_percent = answers(1, 50, 0.01, 1);
  EXPECT_LT(one_percent.faster + one_percent.slower, 5);
  EXPECT_GT(one_percent.same, 850);
  const Answers two_percent = answers(2, 50, 0.02, 1);
  EXPECT_LT(two_percent.faster + two_percent.slower, 20);
  // Where the noise is far above the margin, what is left is the interval's own 5 %.
  const Answers twenty_percent = answers(3, 50, 0.2, 1);
  EXPECT_LT(twenty_percent.faster + twenty_percent.slower, 50);
}

TEST(Verdict, FindsThreePercentUnderOnePercentOfNoise) {
  EXPECT_GE(answers(4, 30, 0.01, 1.03).slower, 990);
  EXPECT_GE(answers(5, 30, 0.01, 1 / 1.03).faster, 990);
}

}  // namespace
}  // namespace aisp::stats
