// Records of a device that a worker may have made up, against the judge's clock: windows of a made-up device.
#include "judge/device_speedup.h"

#include <random>

#include <gtest/gtest.h>

#include "guard/device_times.h"

namespace aisp {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kMarksNs = 2'200;  // of the agent, for each call
constexpr int kMany = 112, kFew = 28;

// A match on a device: hand-overs of 180 µs give or take 4.
class Made {
 public:
  // `lie`: what a window's record is multiplied with. `shorter_ns`: of a call, what the judge's clock lacks.
  void timed(int calls, double base_ns, double call_ns, double lie, double shorter_ns = 0) {
    ++round_;
    add(null_, calls, 20'000, 1, 0);
    add(base_.windows, calls, base_ns, 1, calls * shorter_ns);
    add(candidate_.windows, calls, call_ns, lie, calls * shorter_ns);
  }
  bool many() { return random_() & 1; }
  std::mt19937_64& random() { return random_; }

  // A plain round: no marks, and between two kernels a microsecond.
  void plain(int calls, double base_ns, double call_ns, double null_gap_ns = kGapNs,
             double gap_ns = kGapNs) {
    ++round_;
    add_plain(null_, calls, 20'000 + null_gap_ns);
    add_plain(base_.windows, calls, base_ns + null_gap_ns);
    add_plain(candidate_.windows, calls, call_ns + gap_ns);
  }

  // As the judge does it.
  std::optional<stats::Interval> speedup() {
    const NullCost cost(null_);
    for (Observation* o : {&base_, &candidate_}) {
      o->on_device = true;
      o->calibration = cost.calibration();
    }
    return claimed_speedup(base_, candidate_, kConfidence, held_records(base_, candidate_, cost),
                           true);
  }
  guard::DeviceTimes candidate_times() { return guard::device_times(candidate_); }
  guard::DeviceTimes base_times() { return guard::device_times(base_); }

 private:
  void add(std::vector<Window>& windows, int calls, double call_ns, double lie, double shorter_ns) {
    Window w;
    const double handed_over = 180e3 + 4e3 * normal_(random_) - shorter_ns;
    const double ns = call_ns * (1 + 0.002 * normal_(random_));
    w.round = round_;
    w.kind = WindowKind::timed;
    w.calls = calls;
    w.process = -1;
    // A launch of 4.4 µs: what is shorter waits for the host.
    w.sealed_ns =
        static_cast<std::int64_t>(handed_over + calls * std::max(ns + kMarksNs, kLaunchNs));
    w.claim_ns = w.activity_ns = static_cast<std::int64_t>(calls * ns * lie);
    w.device_ns = static_cast<std::int64_t>(calls * (ns + kMarksNs));
    w.claim_span_ns = static_cast<std::int64_t>(calls * kLaunchNs);
    windows.push_back(w);
  }

  void add_plain(std::vector<Window>& windows, int calls, double call_ns) {
    Window w;
    w.round = round_;
    w.kind = WindowKind::plain;
    w.calls = calls;
    w.process = -1;
    w.sealed_ns = static_cast<std::int64_t>(180e3 + 4e3 * normal_(random_) +
                                            calls * std::max(call_ns, kPlainLaunchNs));
    w.done_ns = w.sealed_ns - 100'000;
    w.claim_ns = static_cast<std::int64_t>(calls * kPlainLaunchNs);
    windows.push_back(w);
  }

  static constexpr double kLaunchNs = 4'400, kPlainLaunchNs = 2'500, kGapNs = 1'000;
  std::mt19937_64 random_{7};
  std::normal_distribution<double> normal_;
  int round_ = 0;
  std::vector<Window> null_;
  Observation base_, candidate_;
};

TEST(DeviceSpeedup, HonestRecordsStand) {
  Made match;
  for (int i = 0; i < 40; ++i) match.timed(match.many() ? kMany : kFew, 355'000, 196'000, 1);
  const auto s = match.speedup();
  ASSERT_TRUE(s);
  EXPECT_NEAR(s->estimate, 355.0 / 196, 0.01);
  EXPECT_GT(s->low, 355.0 / 196 * 0.995);
  EXPECT_LT(s->high, 355.0 / 196 * 1.005);
}

// Nobody can tell whether marks of 2.2 µs were waited for: of 19.6 µs two per cent are let pass.
TEST(DeviceSpeedup, OfShortCallsTheLowEndCountsWhatMayNotBePaid) {
  Made match;
  for (int i = 0; i < 40; ++i) match.timed(match.many() ? kMany : kFew, 35'500, 19'600, 1);
  const auto s = match.speedup();
  ASSERT_TRUE(s);
  EXPECT_NEAR(s->estimate, 35.5 / 19.6, 0.01);
  EXPECT_NEAR(s->low, 35.5 / (19.6 + 2.2 - 0.4), 0.03);
  EXPECT_NEAR(s->high, 35.5 / 19.6, 0.02);
}

// Medians of the largest windows see neither the others nor a minority of them.
TEST(DeviceSpeedup, EachWindowIsHeldToItsOwnTime) {
  for (const double lie : {0.3, 0.05}) {
    Made match;
    int large = 0, lies = 0;
    for (int i = 0; i < 40; ++i) {
      const bool many = match.many();
      double of_it = lie;
      if (many) {
        ++large;
        const bool lies_now = (lies + 1) * 100 <= large * 44;
        lies += lies_now;
        if (!lies_now) of_it = 1;
      }
      match.timed(many ? kMany : kFew, 35'500, 19'600, of_it);
    }
    const auto s = match.speedup();
    ASSERT_TRUE(s);
    EXPECT_TRUE(match.candidate_times().believed()) << "no guard sees it";
    EXPECT_LT(s->estimate, 35.5 / 19.6 * 1.07) << "25 µs a window of 28 calls";
    EXPECT_LT(s->low, 35.5 / 19.6);
  }
}

// 30 ms a call in windows of one call that say 5 µs, then quick in a few large ones.
TEST(DeviceSpeedup, WindowsOfOneCallAreHeldToo) {
  Made match;
  for (int i = 0; i < 20; ++i) match.timed(1, 35'500, 30e6, 5e3 / 30e6);
  for (int i = 0; i < 8; ++i) match.timed(match.many() ? kMany : kFew, 35'500, 19'600, 1);
  const auto s = match.speedup();
  ASSERT_TRUE(s);
  EXPECT_LT(s->low, 0.01);
  EXPECT_LT(s->estimate, 0.01);
}

// Launching hides a kernel of 2 µs, whatever its record says: the low end is that of the launch.
TEST(DeviceSpeedup, WhatALaunchHidesIsNotBelievedAtTheLowEnd) {
  for (const double lie : {1.0, 0.1}) {
    Made match;
    for (int i = 0; i < 40; ++i) match.timed(match.many() ? kMany : kFew, 11'000, 2'000, lie);
    const auto s = match.speedup();
    ASSERT_TRUE(s);
    EXPECT_LT(s->low, 11.0 / 2) << lie;
    EXPECT_GT(s->low, 11.0 / (4.4 + 2.2)) << lie;
  }
}

// The copy of outputs is in every window, whoever works in it.
TEST(NullCost, WhatLiesBetweenKernelsIsNotTheJudgesOwnCopy) {
  constexpr double kFrozenNs = 8'400, kGap = 1'000, kMarked = 3'000;
  std::vector<Window> windows;
  for (int i = 0; i < 30; ++i) {
    Window w;
    w.round = i;
    w.kind = i % 3 == 0 ? WindowKind::plain : WindowKind::timed;
    w.calls = i % 3 == 1 ? 1 : 100;
    const double gap = i % 3 == 0 ? kGap : kMarked;
    w.sealed_ns =
        static_cast<std::int64_t>(180e3 + w.calls * 20e3 + (w.calls - 1) * (gap + kFrozenNs));
    if (i % 3 != 0) w.claim_ns = w.activity_ns = w.device_ns = w.calls * 20'000;
    windows.push_back(w);
  }
  const NullCost cost(windows, {}, kFrozenNs);
  EXPECT_NEAR(cost.plain_gap_ns(), kGap, 0.02 * (kGap + kFrozenNs));
  EXPECT_NEAR(cost.marked_gap_ns(), kMarked, 1);
  EXPECT_NEAR(*cost.plain_ns(100), 180e3 + 99 * (kGap + kFrozenNs), 1);
  EXPECT_FALSE(cost.plain_ns(50));
}

// The judge's copy takes longer than it did when it was calibrated, and is over after DONE.
TEST(NullCost, WhatLiesBetweenKernelsIsOverAtDone) {
  constexpr double kGap = 1'000;
  std::vector<Window> windows;
  for (int i = 0; i < 30; ++i) {
    Window w;
    w.round = i;
    w.kind = i % 3 == 0 ? WindowKind::timed : WindowKind::plain;
    w.calls = i % 3 == 1 ? 1 : 100;
    w.done_ns = static_cast<std::int64_t>(100e3 + w.calls * 20e3 + (w.calls - 1) * kGap);
    w.sealed_ns = w.done_ns + 150'000 + (w.calls - 1) * 9'000;
    if (i % 3 == 0) w.claim_ns = w.activity_ns = w.device_ns = w.calls * 20'000;
    windows.push_back(w);
  }
  EXPECT_NEAR(NullCost(windows, {}, 5'000).plain_gap_ns(), kGap, 1);
}

TEST(DeviceSpeedup, PlainWindowsSpareTheHonest) {
  Made match;
  for (int i = 0; i < 40; ++i) {
    match.timed(match.many() ? kMany : kFew, 35'500, 19'600, 1);
    if (i % 4 == 0) match.plain(kMany / 2, 35'500, 19'600);
  }
  const auto s = match.speedup();
  ASSERT_TRUE(s);
  EXPECT_NEAR(s->estimate, 35.5 / 19.6, 0.01);
  EXPECT_GT(s->low, 35.5 / (19.6 + 1 - 0.4) * 0.98) << "what lies between two kernels is 1 us";
  EXPECT_LT(s->low, 35.5 / 19.6);
}

// It makes up its records, so that it needs neither marks nor CUPTI, and fills the gap between kernels: 13.3 us that look like 12
// in timed windows, by what the null implementation's cost.
TEST(DeviceSpeedup, WhoDoesWithoutTheAgentGainsNothingAtTheLowEnd) {
  for (const bool plain : {false, true}) {
    Made match;
    for (int i = 0; i < 40; ++i) {
      match.timed(match.many() ? kMany : kFew, 29'700, 13'300 - kMarksNs, 1);
      if (plain && i % 4 == 0) match.plain(kMany / 2, 29'700, 13'300, 1'000, 0);
    }
    const auto s = match.speedup();
    ASSERT_TRUE(s);
    EXPECT_GT(s->estimate, 29.7 / 13.3) << "nobody can tell";
    EXPECT_LT(s->low, 29.7 / 13.3 * 1.025) << plain;
    EXPECT_GT(s->low, 29.7 / 13.3 * 0.8) << plain;
  }
}

// Windows of one call of a baseline of 605 us and of a candidate, traced and plain ones: hand-overs of 330 and 250 us give or take 8.
class Alone {
 public:
  // `paid_ns`: of the hand-over, in traced windows and in plain ones.
  Alone(double recorded_ns, double alone_ns, double traced_ns = 0, double plain_ns = 0) {
    std::mt19937_64 random{3};
    std::normal_distribution<double> noise(0, 8e3);
    for (int i = 0; i < 24; ++i) {
      Window w;
      w.round = i;
      w.kind = i % 2 ? WindowKind::plain : WindowKind::alone;
      w.calls = 1;
      const bool plain = w.kind == WindowKind::plain;
      const auto add = [&](std::vector<Window>& windows, double ns, double recorded) {
        w.sealed_ns = static_cast<std::int64_t>((plain ? 250e3 : 330e3) + noise(random) + ns);
        w.done_ns = w.sealed_ns - 150'000;
        w.claim_ns = static_cast<std::int64_t>(plain ? 5e3 : recorded);
        w.activity_ns = plain ? -1 : w.claim_ns;
        windows.push_back(w);
      };
      add(null_, 20e3, 20e3);
      add(base_.windows, 605e3, 605e3);
      add(candidate_.windows, alone_ns + (plain ? plain_ns : traced_ns), recorded_ns);
      // Its own work is that of timed windows.
      w.kind = WindowKind::timed;
      w.sealed_ns = 350'000;
      w.claim_ns = w.activity_ns = 20'000;
      null_.push_back(w);
    }
  }
  double unrecorded() const { return unrecorded_alone(base_, candidate_, NullCost(null_)); }
  void forget_the_baseline() { base_.windows.clear(); }

 private:
  std::vector<Window> null_;
  Observation base_, candidate_;
};

// Its calls overlap, so that each takes 91 us of 114 in a row, and its records say so of a call alone, too.
TEST(UnrecordedAlone, IsWhatRecordsOfACallAloneAreShort) {
  EXPECT_NEAR(Alone(91e3, 114e3).unrecorded(), 9e3, 6e3) << "10 us are granted, and noise";
  EXPECT_NEAR(Alone(91e3, 114e3, -20e3).unrecorded(), 9e3, 6e3) << "without marks and records";
}

TEST(UnrecordedAlone, IsNothingOfHonestOnes) {
  EXPECT_EQ(Alone(114e3, 114e3).unrecorded(), 0);
  EXPECT_EQ(Alone(114e3, 114e3, 4e3, 4e3).unrecorded(), 0) << "a little longer to hand over";
  EXPECT_EQ(Alone(605e3, 605e3, -20e3, -30e3).unrecorded(), 0) << "long kernels hide some of it";
}

TEST(UnrecordedAlone, IsUnknownWithoutTheBaselines) {
  Alone match(91e3, 114e3);
  match.forget_the_baseline();
  EXPECT_EQ(match.unrecorded(), 0);
}

TEST(HoldToUnrecorded, TheLowEndPaysAndTheEstimateOnlyWhereItIsMuch) {
  stats::Interval s{6.6, 6.5, 6.7};
  EXPECT_EQ(hold_to_unrecorded(s, 91e3, 0), 0);
  EXPECT_EQ(s.low, 6.5);
  EXPECT_EQ(hold_to_unrecorded(s, 91e3, 13e3), 0);
  EXPECT_NEAR(s.low, 6.5 * 91 / 104, 1e-9);
  EXPECT_EQ(s.estimate, 6.6);
  EXPECT_EQ(hold_to_unrecorded(s, 91e3, 91e3), 182e3);
  EXPECT_NEAR(s.estimate, 3.3, 1e-9);
  EXPECT_LE(s.low, s.estimate);
  EXPECT_EQ(s.high, 6.7);
}

// Those of one call are another size: what a window of 56 costs must not be taken off them, nor the other way round.
TEST(DeviceSpeedup, PlainWindowsOfOneCallAreNoneOfSeveral) {
  Made match;
  Made with;
  for (int i = 0; i < 40; ++i) {
    const bool many = match.many();
    with.many();
    match.timed(many ? kMany : kFew, 35'500, 19'600, 1);
    with.timed(many ? kMany : kFew, 35'500, 19'600, 1);
    if (i % 4 == 0) match.plain(kMany / 2, 35'500, 19'600);
    if (i % 4 == 0) with.plain(kMany / 2, 35'500, 19'600);
    if (i % 4 == 1) with.plain(1, 35'500, 100'000);
  }
  const auto s = match.speedup(), t = with.speedup();
  ASSERT_TRUE(s && t);
  EXPECT_NEAR(t->low, s->low, 0.03);
}

// Where the judge's clock is short for everybody, as the trusted baseline shows, nobody's records may be as short as that.
TEST(DeviceSpeedup, AClockThatIsShortForTheBaselineIsShortForAll) {
  Made match;
  for (int i = 0; i < 30; ++i) match.timed(1, 1'400'000, 703'000, 0.68, 226'000);
  const auto s = match.speedup();
  EXPECT_TRUE(match.base_times().undercounts());
  ASSERT_TRUE(s);
  EXPECT_LT(s->low, 1.4 / 0.703 * 1.05);
  EXPECT_LT(s->estimate, 1.4 / 0.703 * 1.05);
}

// It grows with the calls, and an honest one is not charged four times of it in small windows.
TEST(DeviceSpeedup, WhatTheClockLacksIsOfACall) {
  Made match;
  for (int i = 0; i < 40; ++i) match.timed(match.many() ? 16 : 4, 600'000, 300'000, 1, 100'000);
  const auto s = match.speedup();
  EXPECT_TRUE(match.base_times().undercounts());
  ASSERT_TRUE(s);
  EXPECT_NEAR(s->estimate, 2, 0.01);
  EXPECT_GT(s->low, 1.97);
}

}  // namespace
}  // namespace aisp
