#include <limits>

#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Determinism, DifferencesWithinTheToleranceArePassedWithANote) {
  Observation o = honest_recording();
  expect_says(determinism(o), "80 repeated calls on equal inputs gave the same bits");
  o.replays_different = 3;
  o.replay_max_ratio = 2;
  expect_pass(determinism(o));
  expect_says(determinism(o), "3 of 80 repeated calls");
  o.replay_max_ratio = 2.001;
  expect_fail(determinism(o));
  EXPECT_EQ(determinism(o).kind, FindingKind::correctness);
  for (const double odd :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    o.replay_max_ratio = odd;
    expect_fail(determinism(o));
  }
}

TEST(Determinism, LooseRelativeTolerancesMayDifferMore) {
  Observation o = honest_recording();
  o.replays_different = 1;
  o.replay_max_ratio = 2.6;
  expect_fail(determinism(o));
  o.outputs[0].dtype = "fp8_e5m2";  // 2 / (1 - 0.25) = 2.67
  expect_pass(determinism(o));
}

TEST(Determinism, NothingRepeated) {
  Observation o = honest_recording();
  o.replays_compared = 0;
  expect_not_run(determinism(o));
}

}  // namespace
}  // namespace aisp::guard
