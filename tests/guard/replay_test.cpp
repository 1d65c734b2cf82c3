#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

Observation with_repeats(double fresh_ns, double repeat_ns, int calls = kManyCalls) {
  Observation o = honest_recording();
  for (Window& w : o.windows) {
    if (w.kind != WindowKind::replay) continue;
    w.calls = calls;
    const Window truth = honest_window(0, calls, w.position == 0 ? fresh_ns : repeat_ns);
    w.sealed_ns = truth.sealed_ns;
    w.cpu_ns = truth.cpu_ns;
  }
  return o;
}

TEST(Replay, KeptResults) {
  const Finding f = replay(with_repeats(100e3, 20e3));
  expect_fail(f);
  EXPECT_EQ(f.kind, FindingKind::honesty);
  expect_says(f,
              "it keeps results: 5.0 times faster on inputs that it has seen: 100.0 µs a call on "
              "fresh inputs, 20.0 µs when the same come again (4 pairs)");
}

TEST(Replay, Edge) {
  expect_pass(replay(with_repeats(100e3, 61e3)));
  expect_fail(replay(with_repeats(100e3, 59e3)));
  expect_pass(replay(with_repeats(100e3, 150e3)));
  // A window of one call: 59 µs saved are noise, 61 are not.
  expect_pass(replay(with_repeats(100e3, 41e3, 1)));
  expect_fail(replay(with_repeats(100e3, 39e3, 1)));
}

TEST(Replay, OverheadAloneIsNotRepetition) {
  expect_pass(replay(with_repeats(50, 0)));
  expect_fail(replay(with_repeats(100e3, -100)));  // by noise less than a null window
}

TEST(Replay, FreshWindowsThatDifferThemselvesProveNothing) {
  Observation o = with_repeats(100e3, 55e3);
  int i = 0;
  for (Window& w : o.windows)
    if (w.kind == WindowKind::replay && w.position == 0) w.sealed_ns += i++ % 2 * 2'000'000;
  expect_pass(replay(o));
}

// Fresh windows that queued for a processor took long without working more.
TEST(Replay, WaitingIsNotWork) {
  Observation o = with_repeats(100e3, 40e3);
  expect_fail(replay(o));
  for (Window& w : o.windows)
    if (w.kind == WindowKind::replay) w.cpu_ns = kManyCalls * 40'000;
  expect_pass(replay(o));
}

// Eight pairs of twelve in which the slow call happens to be in the first window say nothing; eleven do.
TEST(Replay, WhoTidiesUpEveryHundredCallsKeepsNoResults) {
  for (const int faster : {8, 10, 11}) {
    Observation o = with_repeats(100e3, 20e3);
    std::erase_if(o.windows, [](const Window& w) { return w.kind == WindowKind::replay; });
    for (int pair = 0; pair < 12; ++pair)
      for (const int position : {0, 1}) {
        const bool slow = position == (pair < faster ? 0 : 1);
        Window w = honest_window(100 + pair, kManyCalls, slow ? 100e3 : 20e3);
        w.kind = WindowKind::replay;
        w.position = position;
        o.windows.push_back(w);
      }
    if (faster == 11)
      expect_fail(replay(o));
    else
      expect_pass(replay(o));
  }
}

TEST(Replay, NeedsThreePairs) {
  Observation o = with_repeats(100e3, 20e3);
  std::erase_if(o.windows, [](const Window& w) { return w.round == 103 && w.position == 1; });
  expect_fail(replay(o));
  std::erase_if(o.windows, [](const Window& w) { return w.round == 102 && w.position == 0; });
  expect_not_run(replay(o));
  EXPECT_FALSE(replay(o).required);
  expect_says(replay(o), "2 pairs");
}

// Timed windows never hold the same inputs twice, whatever their rounds are called.
TEST(Replay, LooksAtReplaysOnly) {
  Observation o = with_repeats(100e3, 100e3);
  for (int round = 100; round < 110; ++round) {
    Window w = honest_window(round, kManyCalls, 1e3);
    w.position = 1;
    o.windows.push_back(w);
  }
  expect_pass(replay(o));
}

}  // namespace
}  // namespace aisp::guard
