#include <algorithm>

#include "guard/window_times.h"
#include "recording.h"

namespace aisp::guard::testing {
namespace {

TEST(Alone, PassesWhatTakesTheSame) {
  const Observation o = with_alone(12, kCallNs);
  expect_pass(alone(o));
  expect_says(alone(o), "12 such windows");
  EXPECT_FALSE(alone_times(o).differ());
}

TEST(Alone, ForgivesAColdStart) { expect_pass(alone(with_alone(12, 1.14 * kCallNs + 3e3))); }

TEST(Alone, NotesCallsThatGainByCompany) {
  const Observation o = with_alone(12, 2 * kCallNs);
  expect_fail(alone(o));
  EXPECT_FALSE(alone(o).required) << "waking threads is honest and looks the same";
  EXPECT_TRUE(alone_times(o).differ());
  EXPECT_NEAR(alone_times(o).alone_ns, 2 * kCallNs, 100);
  EXPECT_NEAR(alone_times(o).in_a_row_ns, kCallNs, 100);
}

// The last process has most windows, all as slow as a call alone; the others gain by company.
TEST(Alone, ProcessesCountAsMuchAsWindows) {
  Observation o = with_alone(12, 2 * kCallNs);
  const auto timed = static_cast<std::size_t>(
      std::count_if(o.windows.begin(), o.windows.end(),
                    [](const Window& w) { return w.kind == WindowKind::timed; }));
  std::size_t seen = 0;
  for (Window& w : o.windows) {
    if (w.kind != WindowKind::timed) continue;
    const bool last = seen++ >= timed / 3;
    w.process = last ? 99 : static_cast<int>(seen / 2);
    if (last) w.sealed_ns += static_cast<std::int64_t>(kCallNs * w.calls);
  }
  EXPECT_NEAR(alone_times(o).in_a_row_ns, kCallNs, 100);
  EXPECT_TRUE(alone_times(o).differ());
}

TEST(Alone, BeingFasterAloneIsNoGain) { expect_pass(alone(with_alone(12, 0.5 * kCallNs))); }

TEST(Alone, HasNothingToSayWithoutWindowsOfOneCall) {
  const Observation o = with_alone(0, kCallNs);
  expect_not_run(alone(o));
  EXPECT_FALSE(alone_times(o).differ());
}

TEST(Alone, SingleCallsAreAlone) {
  Observation o = honest_recording();
  std::erase_if(o.windows, [](const Window& w) { return w.calls != 1; });
  expect_pass(alone(o));
}

}  // namespace
}  // namespace aisp::guard::testing
