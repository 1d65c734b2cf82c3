#include "guard/device_times.h"
#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

// The same windows by the judge's clock, and claims that are `share` of the truth, by records and by events.
Observation shortened(double share, double call_ns = kCallNs, int calls = kManyCalls) {
  Observation o = device_recording();
  o.windows.clear();
  for (int round = 0; round < 30; ++round) {
    Window w = honest_device_window(round, round % 2 == 0 ? calls : calls / 2, call_ns);
    w.claim_ns = w.activity_span_ns =
        static_cast<std::int64_t>(static_cast<double>(w.claim_ns) * share);
    w.device_ns = w.claim_ns + w.calls * 2'000;
    o.windows.push_back(w);
  }
  return o;
}

TEST(DeviceClaim, WhatTheJudgesClocksAdmitIsTheTime) {
  const Observation o = device_recording();
  const DeviceTimes t = device_times(o);
  EXPECT_EQ(t.calls, kManyCalls);
  EXPECT_NEAR(t.sealed, kCallNs, 100);
  EXPECT_NEAR(t.slope, kCallNs, 300);
  EXPECT_TRUE(t.admitted());
  expect_pass(claim(o));
  expect_pass(slope(o));
}

TEST(DeviceClaim, AFewPercentLessAreMissed) {
  expect_fail(claim(shortened(0.94)));
  expect_says(claim(shortened(0.94)), "missing");
}

// What a forger can gain at most, with the noise of this recording.
TEST(DeviceClaim, LessThanTwoPercentAtAHundredMicrosecondsAndHalfAtTen) {
  EXPECT_LE(device_times(shortened(1, kCallNs, 40)).tolerance, 0.02 * kCallNs);
  EXPECT_LE(device_times(shortened(1, 10e3, 200)).tolerance, 500);
  EXPECT_FALSE(device_times(shortened(0.98, kCallNs, 40)).admitted());
  EXPECT_FALSE(device_times(shortened(0.94, 10e3, 200)).admitted());
}

// ch02:memory_transfer on an H200: the device recorded 703 µs, the judge's clock had 477 left, of a window less a window
// of the null implementation.
TEST(DeviceClaim, AClockThatCountsLessThanTheDeviceIsNotTheTime) {
  EXPECT_TRUE(device_times(shortened(703.0 / 477, 477e3, 2)).undercounts());
  EXPECT_FALSE(device_times(shortened(1.01, 477e3, 2)).undercounts());
  EXPECT_FALSE(device_times(shortened(1, 477e3, 2)).undercounts());
  expect_pass(claim(shortened(1.4, 477e3, 20)));
}

// A claim that nobody can call a lie is not for that the time of a call.
TEST(DeviceClaim, WhatIsAdmittedNeedNotBeBelieved) {
  const DeviceTimes honest = device_times(shortened(1, 50e6, 2));
  EXPECT_TRUE(honest.believed());
  const DeviceTimes liar = device_times(shortened(0.997, 50e6, 2));
  EXPECT_TRUE(liar.admitted());
  EXPECT_FALSE(liar.believed());
  expect_pass(claim(shortened(0.997, 50e6, 2)));
}

// 20 µs of work in windows of one call, told as 1: 25 µs that a window may cost hide all of it.
TEST(DeviceClaim, ShortCallsInWindowsOfTheirOwnAreNotBelieved) {
  Observation o = shortened(0.05, 20e3, 2);
  for (Window& w : o.windows) w.calls = 1;
  const DeviceTimes t = device_times(o);
  EXPECT_TRUE(t.admitted());
  EXPECT_FALSE(t.believed());
}

// Windows that differ widen the tolerance, which nobody is accused by, and hardly what is believed.
TEST(DeviceClaim, NoiseOfItsOwnIsNotBelieved) {
  const auto noisy = [](std::int64_t ns) {
    Observation o = shortened(1, kCallNs, 40);
    int i = 0;
    for (Window& w : o.windows) w.sealed_ns += (i++ / 2 % 3 - 1) * ns;
    return device_times(o);
  };
  EXPECT_GT(noisy(60'000).tolerance - noisy(0).tolerance, 500);
  EXPECT_LT(noisy(60'000).believed_tolerance, 0.015 * kCallNs);
}

TEST(DeviceClaim, TimeThatTheHostSpentIsNoLieAndNoTime) {
  Observation o = shortened(0.5);
  each_timed(o, [](Window& w) { w.host_ns = w.calls * 60'000; });
  EXPECT_FALSE(device_times(o).admitted());
  expect_pass(claim(o));
  expect_says(claim(o), "the sealed time stands");
}

// Work of 20 us a call on a stream that launch.stream does not wait for: the events there are 1 us apart.
TEST(DeviceClaim, WorkThatTheAgentsMarksAreNotAroundIsKnown) {
  DeviceTimes t;
  t.claim = 20'000;
  EXPECT_TRUE(t.marked()) << "what the events say is unknown";
  t.events = 1'000;
  EXPECT_FALSE(t.marked());
  t.events = 21'000;
  EXPECT_TRUE(t.marked());
}

// A stream may run functions of the host, which leave no record. What its events admit then gains nothing and is no lie;
// records that contradict the events without that are one, and events that are as short as the records.
TEST(DeviceClaim, TimeOfFunctionsOfTheHostIsNoLieAndNoTime) {
  Observation o = shortened(0.5);
  each_timed(o, [](Window& w) { w.device_ns = 2 * w.claim_ns + w.calls * 1'000; });
  expect_fail(claim(o));
  each_timed(o, [](Window& w) { w.host_functions = true; });
  EXPECT_FALSE(device_times(o).admitted());
  expect_pass(claim(o));
  expect_says(claim(o), "the sealed time stands");
  each_timed(o, [](Window& w) { w.device_ns = w.claim_ns + w.calls * 1'000; });
  expect_fail(claim(o));
}

TEST(DeviceClaim, CallsShorterThanALaunchAreNotHeldToTheClock) {
  Observation o = device_recording();
  o.windows.clear();
  // 1 µs of work in calls that follow each other every 6 µs, as those of the null implementation would.
  for (int round = 0; round < 30; ++round) {
    Window w = honest_device_window(round, round % 2 == 0 ? 200 : 100, 4e3);
    w.claim_ns = w.activity_span_ns = w.calls * 1'000;
    o.windows.push_back(w);
  }
  EXPECT_TRUE(device_times(o).admitted());
  expect_pass(claim(o));
}

TEST(DeviceClaim, WorkThatBeganBeforeGoShowsInTheSlope) {
  Observation o = device_recording();
  // Windows of both sizes are 300 µs too short, and the claims fit what the sealed clock says of the large ones.
  each_timed(o, [](Window& w) {
    w.sealed_ns -= 300'000;
    w.claim_ns = static_cast<std::int64_t>(static_cast<double>(w.claim_ns) * 0.85);
  });
  const DeviceTimes t = device_times(o);
  EXPECT_TRUE(t.sealed_admits());
  EXPECT_FALSE(t.slope_admits());
  EXPECT_FALSE(t.admitted());
  expect_fail(slope(o));
}

TEST(DeviceClaim, ImpossibleClaimsFail) {
  Observation o = device_recording();
  o.windows[3].claim_sane = false;
  expect_fail(claim(o));
}

TEST(DeviceClaim, NothingIsSaidWithoutWindowsOrCalibration) {
  Observation o = device_recording();
  o.calibration.windows = 0;
  expect_not_run(claim(o));
  o.windows.clear();
  expect_not_run(claim(o));
  expect_not_run(slope(o));
}

TEST(DeviceClaim, ABusyMachineAccusesNobody) {
  Observation o = shortened(0.8);
  o.foreign_load = 1;
  expect_not_run(claim(o));
}

// What is recorded of calls that come alone bounds what calls in a row may share. One glitch is nobody's.
TEST(DeviceClaim, ImpossibleRecordsOfCallsThatComeAloneFail) {
  Observation o = device_recording();
  for (int i = 0; i < 12; ++i) {
    o.windows.push_back(honest_device_window(100 + i, 1));
    o.windows.back().kind = WindowKind::alone;
  }
  expect_pass(claim(o));
  o.windows[o.windows.size() - 1].claim_sane = o.windows[o.windows.size() - 2].claim_sane = false;
  expect_pass(claim(o));
  o.windows[o.windows.size() - 3].claim_sane = false;
  expect_fail(claim(o));
  expect_says(claim(o), "3 of 12 windows of one call");
}

}  // namespace
}  // namespace aisp::guard
