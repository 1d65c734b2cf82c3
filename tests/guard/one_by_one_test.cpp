#include "guard/window_times.h"
#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(OneByOne, CallsThatTakeTheSameOneByOnePass) { expect_pass(one_by_one(device_recording())); }

TEST(OneByOne, ACpuHasNoQueue) { expect_pass(one_by_one(honest_recording())); }

TEST(OneByOne, OverlappedCallsFail) {
  Observation o = device_recording();
  // In a queue two calls run at a time.
  each_timed(o, [](Window& w) { w.sealed_ns -= static_cast<std::int64_t>(w.calls * kCallNs / 2); });
  expect_fail(one_by_one(o));
  expect_says(one_by_one(o), "overlaps");
  o.foreign_load = 1;
  expect_not_run(one_by_one(o));
}

// 30 µs of launching in a call, which the queue hides and waiting for each call does not.
TEST(OneByOne, WhatTheHostNeedsMayBeHidden) {
  Observation o = device_recording();
  each_timed(o, [](Window& w) { w.host_ns = w.calls * 33'000; });
  for (Window& w : o.windows)
    if (w.kind == WindowKind::one_by_one) {
      w.sealed_ns += w.calls * 30'000;
      w.host_ns = w.calls * 33'000;
    }
  expect_pass(one_by_one(o));
}

// Overlapped in a queue; where each call is waited for, the host is kept busy until it is nearly over. Or honest, and
// waiting costs more: the time one by one stands.
TEST(OneByOne, HostTimeThatIsSpentOnlyWhereItIsWaitedForGainsNothing) {
  Observation o = device_recording();
  each_timed(o,
             [](Window& w) { w.sealed_ns -= static_cast<std::int64_t>(w.calls * kCallNs * 0.8); });
  for (Window& w : o.windows)
    if (w.kind == WindowKind::one_by_one)
      w.host_ns = static_cast<std::int64_t>(w.calls * kCallNs * 0.95);
  expect_pass(one_by_one(o));
  expect_says(one_by_one(o), "the time one by one stands");
  EXPECT_TRUE(one_by_one_times(o).waiting_stands());
  // Nor is it where both claim it: a queue cannot hide more of the host's time than a call takes there.
  for (Window& w : o.windows) w.host_ns = static_cast<std::int64_t>(w.calls * kCallNs * 0.2);
  expect_fail(one_by_one(o));
  EXPECT_FALSE(one_by_one_times(o).waiting_stands());
}

// Calls overlap on two streams, and the host spins for half a call in both kinds of windows: nobody can call that a lie,
// and what is hidden beyond launching is not believed.
TEST(OneByOne, HostTimeThatIsSpentInBothIsGrantedForLaunchesOnly) {
  Observation o = device_recording();
  const auto spins = [](Window& w) { w.host_ns = w.calls * 45'000; };
  each_timed(o, [](Window& w) { w.sealed_ns -= w.calls * 40'000; });
  for (Window& w : o.windows) {
    spins(w);
    w.kernels = w.calls;
  }
  expect_pass(one_by_one(o));
  EXPECT_TRUE(one_by_one_times(o).hides_more_than_launches());
  // Eight launches of 3 µs are believed, and no more of them.
  for (Window& w : o.windows) w.kernels = 100 * w.calls;
  EXPECT_TRUE(one_by_one_times(o).hides_more_than_launches());
  each_timed(o, [](Window& w) { w.sealed_ns += w.calls * 20'000; });
  EXPECT_FALSE(one_by_one_times(o).hides_more_than_launches());
  for (Window& w : o.windows) w.kernels = w.calls;
  EXPECT_TRUE(one_by_one_times(o).hides_more_than_launches());
}

// The device idles where it is waited for, and its records say so: nothing overlaps by them, and what cannot be
// told is not believed either.
TEST(OneByOne, AnIdleDeviceIsNoOverlap) {
  Observation o = device_recording();
  for (Window& w : o.windows)
    if (w.kind == WindowKind::one_by_one) w.sealed_ns += w.calls * 80'000;
  expect_pass(one_by_one(o));
  expect_says(one_by_one(o), "the time one by one stands");
  for (Window& w : o.windows)
    if (w.kind == WindowKind::one_by_one) w.claim_ns += w.calls * 80'000;  // busy
  expect_fail(one_by_one(o));
}

TEST(OneByOne, SlowerInAQueueIsNobodysGain) {
  Observation o = device_recording();
  each_timed(o, [](Window& w) { w.sealed_ns += w.calls * 20'000; });
  expect_pass(one_by_one(o));
}

TEST(OneByOne, TooFewWindowsProveNothing) {
  Observation o = device_recording();
  std::erase_if(o.windows, [](const Window& w) { return w.kind == WindowKind::one_by_one; });
  expect_not_run(one_by_one(o));
}

TEST(OneByOne, AWindowOfOneCallIsAloneAnyway) {
  Observation o = device_recording();
  each_timed(o, [](Window& w) { w.calls = 1; });
  expect_pass(one_by_one(o));
}

}  // namespace
}  // namespace aisp::guard
