#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

// Copies of 157 us that a baseline's windows of as many calls take as well.
Observation copied_in(double one_us, double many_us) {
  Observation o = device_recording();
  o.baseline_freeze_ns = {{1, 157e3}, {kManyCalls, 180e3}};
  for (Window& w : o.windows) {
    if (w.calls != kManyCalls) w.calls = 1;
    w.done_ns = w.sealed_ns - static_cast<std::int64_t>(1e3 * (w.calls == 1 ? one_us : many_us));
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

TEST(AfterDone, NotProvenWhereOthersKeepTheMachineBusy) {
  Observation o = copied_in(359, 175);
  o.foreign_load = 1;
  expect_not_run(after_done(o));
}

// Sizes that the baseline never had say nothing, nor do a few windows.
TEST(AfterDone, WithoutTheBaselinesItIsNotDecided) {
  Observation o = copied_in(359, 400);
  o.baseline_freeze_ns = {};
  expect_not_run(after_done(o));
}

TEST(AfterDone, ACpuWorkerIsStopped) { expect_pass(after_done(honest_recording())); }

}  // namespace
}  // namespace aisp::guard
