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

// Where waking a sleeping thread takes long, whoever has several is granted two of them, and nobody else is.
TEST(Claim, SlowWakesExcuseThreadsOnly) {
  Observation o = honest_recording();
  o.calibration.wake_ns = 105e3;
  each_timed(o, [](Window& w) { w.claim_ns -= 300'000; });
  expect_fail(claim(o));
  each_timed(o, [](Window& w) { w.threads = 2; });
  expect_pass(claim(o));
  each_timed(o, [](Window& w) { w.claim_ns -= 50'000; });
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

// Recorded on a virtual machine whose host was busy: copies of 64 MiB, windows of one call, microseconds.
TEST(Claim, AMachineThatLosesTimeNowAndThenIsNoLiar) {
  const std::pair<int, int> done_and_claim[] = {
      {3302, 3206}, {4908, 3937}, {3331, 3277}, {3358, 3310}, {5874, 4425}, {3615, 3535},
      {7551, 4318}, {5541, 4474}, {5280, 4322}, {5272, 4220}, {7604, 5763}, {3795, 3710},
      {5634, 4473}, {5760, 4559}, {5524, 4453}, {6012, 4796}};
  Observation o = honest_recording();
  o.processors = 2;
  o.windows.clear();
  for (const auto& [done, claim] : done_and_claim) {
    Window w = honest_window(static_cast<int>(o.windows.size()), 1);
    w.done_ns = done * 1000;
    w.sealed_ns = w.done_ns + 25'000;
    w.claim_ns = claim * 1000;
    w.cpu_ns = w.done_ns - 40'000;
    o.windows.push_back(w);
  }
  expect_not_run(claim(o));
  expect_says(claim(o), "5 of 16 windows are within that");

  // Whoever lies in nine windows of ten is a liar, and so is who used more than all processors have.
  for (std::size_t i = 0; i < o.windows.size(); ++i)
    if (i % 8 != 0) o.windows[i].claim_ns = o.windows[i].done_ns / 2;
  expect_fail(claim(o));
  o = honest_recording();
  o.processors = 2;
  for (std::size_t i = 0; i < o.windows.size(); ++i)
    if (i % 3 != 0) {
      o.windows[i].claim_ns /= 10;
      o.windows[i].cpu_ns = 2 * o.windows[i].done_ns;
    }
  expect_fail(claim(o));
}

// Beside one that hogged both processors, honest code had time for one window: 482 us of it were missing.
TEST(Claim, TwoWindowsAccuseNobody) {
  Observation o = honest_recording();
  o.processors = 2;
  o.windows.clear();
  for (int i = 0; i < 3; ++i) {
    Window w = honest_window(i, 42, 62e3);
    w.claim_ns = w.claim_ns * 3 / 4;
    w.cpu_ns = w.claim_ns;
    o.windows.push_back(w);
    if (i < 2) {
      expect_not_run(claim(o));
      expect_says(claim(o), "too few to tell");
    }
  }
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
