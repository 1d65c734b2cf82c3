#include <gtest/gtest.h>

#include "guard/guards.h"

namespace aisp::guard {
namespace {

// `fast` windows of 100 µs at full clocks and `slow` ones of `slow_us` with clocks held down.
Observation watched(int fast, int slow, double slow_us) {
  Observation o;
  o.device_tells_clocks = true;
  o.device_slowed_by = "power cap";
  for (int i = 0; i < fast + slow; ++i) {
    Window w;
    w.calls = 1;
    w.slowed = i < fast ? 0 : 1;
    w.sealed_ns = 900'000;  // the hand-over hides everything
    w.activity_ns = i < fast ? 100'000 : static_cast<std::int64_t>(slow_us * 1000);
    o.windows.push_back(w);
  }
  return o;
}

TEST(Throttling, NoneIsAPass) {
  const Finding f = throttling(watched(50, 0, 0));
  EXPECT_EQ(f.status, FindingStatus::pass) << f.message;
}

TEST(Throttling, WindowsThatMoveTheMedianLeaveTheVerdictUnproven) {
  const Finding f = throttling(watched(40, 60, 130));
  EXPECT_EQ(f.status, FindingStatus::not_run) << f.message;
  EXPECT_TRUE(f.required);
  EXPECT_EQ(f.kind, FindingKind::environment);
  EXPECT_NE(f.message.find("(power cap) in 60 of 100 windows"), std::string::npos) << f.message;
}

TEST(Throttling, WindowsThatDoNotAreAPassThatSaysSo) {
  const Finding few = throttling(watched(97, 3, 130));
  EXPECT_EQ(few.status, FindingStatus::pass) << few.message;
  EXPECT_NE(few.message.find("3 of 100"), std::string::npos) << few.message;
  const Finding equal = throttling(watched(40, 60, 100.2));
  EXPECT_EQ(equal.status, FindingStatus::pass) << equal.message;
}

TEST(Throttling, WhereNothingElseIsLeftItCannotBeTold) {
  const Finding f = throttling(watched(4, 60, 100));
  EXPECT_EQ(f.status, FindingStatus::not_run) << f.message;
  EXPECT_TRUE(f.required);
}

TEST(Throttling, WhatNobodySawIsNoPass) {
  Observation o = watched(10, 0, 0);
  for (Window& w : o.windows) w.slowed = -1;
  EXPECT_EQ(throttling(o).status, FindingStatus::not_run);
  o = watched(10, 0, 0);
  o.device_unwatched = "cannot open NVML (libnvidia-ml.so.1): no such file";
  const Finding f = throttling(o);
  EXPECT_EQ(f.status, FindingStatus::not_run);
  EXPECT_FALSE(f.required) << "the run's environment decides what that means";
  EXPECT_NE(f.message.find("libnvidia-ml.so.1"), std::string::npos);
}

TEST(Throttling, OnACpuNothingIsAsked) {
  Observation o;
  const Finding f = throttling(o);
  EXPECT_EQ(f.status, FindingStatus::not_run);
  EXPECT_FALSE(f.required);
}

}  // namespace
}  // namespace aisp::guard
