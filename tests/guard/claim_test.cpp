#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Claim, SaysBothTimes) {
  Observation o = honest_recording();
  expect_pass(claim(o));
  each_timed(o, [](Window& w) { w.claim_ns = w.claim_ns * 8 / 10; });
  const Finding f = claim(o);
  expect_fail(f);
  EXPECT_EQ(f.kind, FindingKind::honesty);
  expect_says(f,
              "it claims 80.0 µs a call; the sealed clock says 100.0 µs (±0 ns); 400.1 µs missing "
              "from a window of 20 calls, 241.4 µs allowed");
}

// A window of 20 calls takes 2.018 ms: 12 % of the 2.012 ms until DONE decide.
TEST(Claim, EdgeInAWindow) {
  for (const auto& [missing, pass] : {std::pair{241'400, true}, {241'600, false}}) {
    Observation o = honest_recording();
    for (Window& w : o.windows) w.claim_ns -= missing;
    expect(pass ? FindingStatus::pass : FindingStatus::fail, claim(o));
  }
}

TEST(Claim, EdgeInALongWindow) {
  for (const auto& [share, pass] : {std::pair{0.8801, true}, {0.8799, false}}) {
    Observation o = honest_recording();
    for (Window& w : o.windows) {
      w = honest_window(w.round, w.calls, 10e6);
      w.claim_ns = static_cast<std::int64_t>(share * static_cast<double>(w.claim_ns));
    }
    expect(pass ? FindingStatus::pass : FindingStatus::fail, claim(o));
  }
}

TEST(Claim, BusyThreadsTakeLongerToStop) {
  Observation o = honest_recording();
  for (Window& w : o.windows) w.sealed_ns += 54'000;
  expect_pass(claim(o));
}

// Each thread is woken to be resumed and to be stopped, even one that sleeps. That excuses what it
// costs and no more.
TEST(Claim, ManySleepingThreadsAreNoLie) {
  Observation o = honest_recording();
  each_timed(o, [](Window& w) { w.claim_ns -= 600'000; });
  expect_fail(claim(o));
  each_timed(o, [](Window& w) { w.threads = 256; });
  expect_pass(claim(o));
  each_timed(o, [](Window& w) { w.claim_ns -= 300'000; });
  expect_fail(claim(o));
}

TEST(Claim, OneInsaneWindowIsEnough) {
  Observation o = honest_recording();
  o.windows[3].claim_sane = false;
  expect_fail(claim(o));
  expect_says(claim(o), "in 1 of 24 timed windows");
  o.calibration = {};
  expect_fail(claim(o));

  o = honest_recording();
  o.windows.back().claim_sane = false;  // a replay: not timed
  expect_pass(claim(o));
}

// Many small windows, in which a lie is as small as noise, do not hide the large ones.
TEST(Claim, SmallWindowsDoNotBlurIt) {
  Observation o = honest_recording();
  for (int round = 200; round < 260; ++round) o.windows.push_back(honest_window(round, 1));
  expect_pass(claim(o));
  each_timed(o, [](Window& w) { w.claim_ns /= 2; });
  expect_fail(claim(o));
}

TEST(Claim, NeedsCalibrationAndTime) {
  Observation o = honest_recording();
  o.calibration = {};
  expect_not_run(claim(o));
  o = honest_recording();
  for (Window& w : o.windows) w.kind = WindowKind::pilot;
  expect_not_run(claim(o));
}

}  // namespace
}  // namespace aisp::guard
