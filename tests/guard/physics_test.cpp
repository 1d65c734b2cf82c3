#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

// 67.1 MFLOP at 1 TFLOP/s are 67.1 µs, 0.8 of which are 53.7 µs; 786 kB at 100 GB/s are 7.9 µs.
Observation taking(double call_ns) {
  Observation o = honest_recording();
  for (Window& w : o.windows) {
    const Window honest = honest_window(w.round, w.calls, call_ns);
    w.sealed_ns = honest.sealed_ns;
    w.claim_ns = honest.claim_ns;
  }
  return o;
}

TEST(Physics, Edge) {
  expect_pass(physics(taking(100e3)));
  expect_pass(physics(taking(67e3)));
  expect_pass(physics(taking(54e3)));
  expect_pass(physics(taking(53e3)));  // 16.9 µs of noise in a window of 20 calls
  expect_not_run(physics(taking(52e3)));
  expect_says(
      physics(taking(52e3)),
      "52.0 µs a call by the sealed clock, but 6.71e+07 FLOP at 1e+03 GFLOP/s need 67.1 µs");
  expect_says(physics(taking(52e3)), "fewer operations");
  EXPECT_EQ(physics(taking(52e3)).kind, FindingKind::honesty);
}

TEST(Physics, TheClaimIsHeldToo) {
  Observation o = taking(100e3);
  each_timed(o, [](Window& w) { w.claim_ns /= 2; });
  expect_fail(physics(o));
  expect_says(physics(o), "it claims 50.0 µs");
}

// Composed sweeps are no lie: the judge's clock has the time, and every output was compared.
TEST(Physics, OtherAlgebraIsNotProvenAndKnownAlgebraPasses) {
  Observation o = taking(20e3);
  expect_not_run(physics(o));
  EXPECT_TRUE(physics(o).required);
  o.least_flops = 10e6;  // 10 µs
  expect_pass(physics(o));
  // Claims that are shorter still are nobody's algebra, and bytes need their time in any case.
  each_timed(o, [](Window& w) { w.claim_ns /= 4; });
  expect_fail(physics(o));
  o = taking(20e3);
  o.cold_bytes = 8e6;  // 80 µs
  expect_fail(physics(o));
}

TEST(Physics, BytesThatAreColdCount) {
  Observation o = taking(20e3);
  o.flops = 0;
  expect_pass(physics(o));
  o.cold_bytes = 4e6;  // 40 µs
  expect_fail(physics(o));
  expect_says(physics(o), "3.8 MiB at 100 GB/s");
  o.cold_bytes = 0;  // from the cache
  expect_not_run(physics(o));
  EXPECT_FALSE(physics(o).required);
}

TEST(Physics, RequiredOnlyWhereThePeaksAreKnown) {
  Observation o = taking(1e3);
  o.peaks = {};
  expect_not_run(physics(o));
  EXPECT_FALSE(physics(o).required);
  o = honest_recording();
  o.windows.clear();
  expect_not_run(physics(o));
  EXPECT_TRUE(physics(o).required);
}

// A floor from a peak that was measured while others kept the machine busy accuses whoever is good.
TEST(Physics, APeakThatTheBaselineBeatsProvesNothing) {
  Observation o = honest_recording();
  o.peaks.bytes_per_second = o.peaks.flops_per_second = 1e9;
  expect_fail(physics(o));
  o.peaks.doubted = true;
  expect_not_run(physics(o));
  EXPECT_TRUE(physics(o).required) << "unknown is no pass";
  o.peaks.doubted = false;
  o.foreign_load = 0.5;
  expect_not_run(physics(o));
}

}  // namespace
}  // namespace aisp::guard
