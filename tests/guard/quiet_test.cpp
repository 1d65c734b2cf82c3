#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Quiet, OneWindowIsNotEvidenceUnlessItIsLong) {
  Observation o = honest_recording();
  o.windows[7].cpu_outside_ns = 2'123'000;  // seen once, honestly
  expect_pass(quiet(o));
  o.windows[7].cpu_outside_ns = 20'000'000;
  expect_pass(quiet(o));
  o.windows[7].cpu_outside_ns = 20'000'001;
  expect_fail(quiet(o));
  EXPECT_EQ(quiet(o).kind, FindingKind::honesty);
  expect_says(quiet(o), "at most 20.00 ms, in round 7");
}

TEST(Quiet, ALittleInEveryWindow) {
  // 32 windows and 52.6 ms inside; the largest window does not count, so 31 do.
  const struct {
    std::int64_t each;
    bool pass;
  } cases[] = {{0, true}, {5'000, true}, {32'258, true}, {32'259, false}, {200'000, false}};
  for (const auto& c : cases) {
    Observation o = honest_recording();
    for (Window& w : o.windows) w.cpu_outside_ns = c.each;
    expect(c.pass ? FindingStatus::pass : FindingStatus::fail, quiet(o));
  }
}

TEST(Quiet, ALongRunMayHaveMore) {
  Observation o = honest_recording();
  for (Window& w : o.windows) {
    w.cpu_ns = 100'000'000;  // 3.2 s inside, of which 1 % is 32 ms
    w.cpu_outside_ns = 1'000'000;
  }
  expect_pass(quiet(o));
  for (Window& w : o.windows) w.cpu_outside_ns = 1'100'000;
  expect_fail(quiet(o));
}

TEST(Quiet, NoClockIsNoPass) {
  Observation o = honest_recording();
  for (Window& w : o.windows) w.cpu_ns = 0;
  expect_not_run(quiet(o));
  for (Window& w : o.windows) w.cpu_ns = -1;  // the worker was gone
  expect_not_run(quiet(o));
}

}  // namespace
}  // namespace aisp::guard
