#include "report/compare_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/sample_run.h"

namespace aisp {
namespace {

using stats::Comparison;
using stats::Interval;
using testing::sample_run;
using testing::sample_target;

RunRecord record() { return {sample_run("a"), {sample_target()}}; }

const RowChange& row_of(const RunComparison& comparison, const std::string& implementation) {
  for (const RowChange& row : comparison.rows)
    if (row.implementation == implementation) return row;
  static const RowChange none;
  ADD_FAILURE() << implementation;
  return none;
}

ImplementationResult& optimized(RunRecord& run) { return run.results[0].implementations[1]; }

TEST(CompareRuns, TheSameRunHasNotChanged) {
  RunRecord run = record();
  optimized(run).speedup = Interval{2, 1.998, 2.002};
  const RunComparison comparison = compare_runs(run, run);
  ASSERT_EQ(comparison.rows.size(), 2u);
  EXPECT_TRUE(comparison.notes.empty());
  EXPECT_FALSE(comparison.regressed());
  EXPECT_EQ(row_of(comparison, "optimized_avx512").change, Comparison::same);
  EXPECT_TRUE(row_of(comparison, "optimized_avx512").by_speedup);
  // The baseline has no speedup; its interval of ±2 % is too wide for `same`.
  EXPECT_FALSE(row_of(comparison, "baseline").by_speedup);
  EXPECT_EQ(row_of(comparison, "baseline").change, Comparison::not_enough_evidence);
}

TEST(CompareRuns, SlowerNeedsIntervalsThatDoNotOverlap) {
  RunRecord before = record(), after = record();
  optimized(before).speedup = Interval{2.0, 1.95, 2.05};
  optimized(after).speedup = Interval{1.9, 1.84, 1.96};
  EXPECT_EQ(row_of(compare_runs(before, after), "optimized_avx512").change,
            Comparison::not_enough_evidence);
  optimized(after).speedup = Interval{1.9, 1.86, 1.94};
  const RunComparison slower = compare_runs(before, after);
  EXPECT_EQ(row_of(slower, "optimized_avx512").change, Comparison::slower);
  EXPECT_TRUE(slower.regressed());
  EXPECT_NEAR(row_of(slower, "optimized_avx512").ratio->estimate, 0.95, 1e-9);
  EXPECT_NEAR(row_of(slower, "optimized_avx512").ratio->low, 1.86 / 2.05, 1e-9);
  const RunComparison faster = compare_runs(after, before);
  EXPECT_EQ(row_of(faster, "optimized_avx512").change, Comparison::faster);
  EXPECT_FALSE(faster.regressed());
}

TEST(CompareRuns, WhatIsNoLongerAcceptedIsBrokenHoweverFast) {
  RunRecord before = record(), after = record();
  optimized(after).honest = false;
  optimized(after).speedup = Interval{99, 98, 100};
  const RunComparison comparison = compare_runs(before, after);
  const RowChange& row = row_of(comparison, "optimized_avx512");
  EXPECT_TRUE(row.broken);
  EXPECT_FALSE(row.ratio);
  EXPECT_TRUE(comparison.regressed());
  optimized(after).honest = std::nullopt;  // not proven is not accepted either
  EXPECT_TRUE(compare_runs(before, after).regressed());
  EXPECT_FALSE(compare_runs(after, before).regressed());
}

TEST(CompareRuns, WhatOnlyOneRunHasIsShownAndNotCompared) {
  RunRecord before = record(), after = record();
  before.results[0].implementations.pop_back();
  after.results[0].implementations[1].implementation = "optimized_new";
  after.info.machine["cpu"] = "another";
  const RunComparison comparison = compare_runs(before, after);
  EXPECT_EQ(row_of(comparison, "optimized_new").verdict_before, "");
  EXPECT_FALSE(row_of(comparison, "optimized_new").ratio);
  EXPECT_THAT(comparison.notes, ::testing::ElementsAre("machine cpu: another, before a | b"));
  EXPECT_EQ(row_of(compare_runs(after, before), "optimized_new").verdict_after, "");
}

TEST(CompareRuns, AQuotientOfWhatIsNoIntervalIsNone) {
  EXPECT_TRUE(quotient(Interval{2, 1, 3}, Interval{2, 1, 3}));
  EXPECT_FALSE(quotient(std::nullopt, Interval{2, 1, 3}));
  EXPECT_FALSE(quotient(Interval{2, 0, 3}, Interval{2, 1, 3}));
  EXPECT_FALSE(quotient(Interval{2, 1, 3}, Interval{2, -1, 3}));
  EXPECT_FALSE(quotient(Interval{2, 1, HUGE_VAL}, Interval{2, 1, 3}));
}

}  // namespace
}  // namespace aisp
