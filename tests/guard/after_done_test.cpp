#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

// Windows of many calls, and twelve of one call each, traced and plain. `early`: of the plain ones, as many have copies of 370 us.
Observation copied_in(double alone_us, double many_us, int early = 0) {
  Observation o = device_recording();
  o.freeze_ns = {{{WindowKind::alone, 1}, 157e3},
                 {{WindowKind::plain, 1}, 157e3},
                 {{WindowKind::timed, kManyCalls}, 180e3},
                 {{WindowKind::timed, kManyCalls / 2}, 180e3}};
  for (Window& w : o.windows) w.done_ns = w.sealed_ns - static_cast<std::int64_t>(1e3 * many_us);
  for (int i = 0; i < 24; ++i) {
    Window w = honest_device_window(100 + i, 1);
    w.kind = i % 2 == 0 ? WindowKind::alone : WindowKind::plain;
    const bool plain = w.kind == WindowKind::plain;
    const double us = !plain ? alone_us : i / 2 < early ? 370 : 157;
    w.done_ns = w.sealed_ns - static_cast<std::int64_t>(1e3 * us);
    o.windows.push_back(w);
  }
  return o;
}

TEST(AfterDone, TheSameCopyPasses) {
  expect_pass(after_done(copied_in(153, 175)));
  expect_pass(after_done(copied_in(220, 250)));
}

// As seen: a kernel of 114 us that ran on, in windows of one call.
TEST(AfterDone, WorkThatGoesOnFails) {
  expect_fail(after_done(copied_in(359, 175)));
  expect_says(after_done(copied_in(359, 175)), "359");
  expect_says(after_done(copied_in(359, 175)), "157");
  expect_fail(after_done(copied_in(157, 260)));
}

// The worker knows which windows are plain: they stand for themselves, and four of twelve are enough.
TEST(AfterDone, WorkThatGoesOnInSomeWindowsOfAKindFails) {
  expect_pass(after_done(copied_in(157, 175, 2)));
  expect_fail(after_done(copied_in(157, 175, 4)));
  expect_fail(after_done(copied_in(157, 175, 11)));
}

TEST(AfterDone, NotProvenWhereOthersKeepTheMachineBusy) {
  Observation o = copied_in(359, 175);
  o.foreign_load = 1;
  expect_not_run(after_done(o));
}

// What nobody trusted had windows of is unknown.
TEST(AfterDone, WithoutTheBaselinesItIsNotDecided) {
  Observation o = copied_in(157, 175);
  o.freeze_ns.erase({WindowKind::plain, 1});
  expect_not_run(after_done(o));
  EXPECT_TRUE(after_done(o).required);
  o.freeze_ns = {};
  expect_not_run(after_done(o));
}

TEST(AfterDone, ACpuWorkerIsStopped) { expect_pass(after_done(honest_recording())); }

}  // namespace
}  // namespace aisp::guard
