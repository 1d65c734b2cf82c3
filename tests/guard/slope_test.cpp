#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Slope, AgreesWithTheClock) {
  const Finding f = slope(honest_recording());
  expect_pass(f);
  expect_says(f,
              "from windows of 1 to windows of 20 calls each call adds 100.0 µs; the sealed clock "
              "says 100.0 µs a call");
}

// One call does the work of all: a large window takes hardly longer than a small one.
TEST(Slope, DeferredWorkShows) {
  Observation o = honest_recording();
  each_timed(o, [](Window& w) {
    if (w.calls == 1) w.sealed_ns += 1'000'000;
  });
  const Finding f = slope(o);
  expect_fail(f);
  EXPECT_FALSE(f.required);
}

TEST(Slope, Edge) {
  // The small windows are longer by x, so the slope is lower by x / 19; 5 % of 100 µs are 5 µs.
  for (const auto& [extra, pass] : {std::pair{94'000, true}, {96'000, false}}) {
    Observation o = honest_recording();
    for (Window& w : o.windows)
      if (w.calls == 1) w.sealed_ns += extra;
    expect(pass ? FindingStatus::pass : FindingStatus::fail, slope(o));
  }
}

TEST(Slope, NoiseIsNoEvidence) {
  Observation o = honest_recording();
  int i = 0;
  for (Window& w : o.windows)
    if (w.calls == 1) w.sealed_ns += i++ % 2 == 0 ? 0 : 300'000;
  expect_pass(slope(o));
}

TEST(Slope, NeedsTwoSizes) {
  Observation o = honest_recording();
  std::erase_if(o.windows, [](const Window& w) { return w.calls == 1; });
  expect_not_run(slope(o));
  EXPECT_FALSE(slope(o).required);
}

}  // namespace
}  // namespace aisp::guard
