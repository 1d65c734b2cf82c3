#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

Observation growing(double bytes_per_window) {
  Observation o = honest_recording();
  double bytes = 40 * 0x1p20;
  for (Window& w : o.windows) {
    w.resident_bytes = static_cast<std::uint64_t>(bytes);
    bytes += bytes_per_window;
  }
  return o;
}

TEST(Memory, KeepingResultsShows) {
  const double output = 4.0 * 65'536 * kManyCalls;  // of a window
  expect_fail(memory(growing(output)));
  expect_says(memory(growing(output)), "as if results were being kept");
  EXPECT_FALSE(memory(growing(output)).required);
  EXPECT_EQ(memory(growing(output)).kind, FindingKind::robustness);
}

TEST(Memory, ALeakIsSomethingElse) {
  expect_fail(memory(growing(0x1p20)));
  expect_says(memory(growing(0x1p20)), "during the run");
  expect_pass(memory(growing(0x1p18)));
  expect_pass(memory(growing(0)));
  expect_pass(memory(growing(-0x1p18)));
}

TEST(Memory, APoolThatGrowsEarlyPasses) {
  Observation o = honest_recording();
  for (std::size_t i = 0; i < o.windows.size(); ++i)
    o.windows[i].resident_bytes = i < 3 ? 40u << 20 : 600u << 20;
  expect_pass(memory(o));
}

// What another process had taken is no growth; what one of them goes on taking is.
TEST(Memory, EachProcessBeginsAnew) {
  Observation o = honest_recording();
  const std::size_t half = o.windows.size() / 3;
  for (std::size_t i = 0; i < o.windows.size(); ++i) {
    o.windows[i].process = i < half ? 0 : 1;
    o.windows[i].resident_bytes = i < half ? 40u << 20 : 400u << 20;
  }
  expect_pass(memory(o));
  for (std::size_t i = half; i < o.windows.size(); ++i)
    o.windows[i].resident_bytes = (40ull << 20) + (i - half) * (4ull << 20);
  expect_fail(memory(o));
}

TEST(Memory, AtTheLimit) {
  Observation o = honest_recording();
  o.memory_limit_bytes = 100;
  o.memory_peak_bytes = 94;
  for (Window& w : o.windows) w.resident_bytes = 50;
  expect_pass(memory(o));
  o.memory_peak_bytes = 95;
  expect_fail(memory(o));
  o.memory_limit_bytes = 0;  // none
  expect_pass(memory(o));
}

TEST(Memory, NotRead) {
  Observation o = honest_recording();
  o.memory_peak_bytes = 0;
  for (Window& w : o.windows) w.resident_bytes = 0;
  expect_not_run(memory(o));
}

TEST(Memory, OfADeviceIsTold) {
  Observation o = growing(0);
  EXPECT_EQ(memory(o).message.find("device memory"), std::string::npos);
  o.device_memory_peak_bytes = 600u << 20;
  for (Window& w : o.windows) w.device_bytes = 600u << 20;
  expect_pass(memory(o));
  expect_says(memory(o), "device memory: peak 600.0 MiB, it grew by");
}

TEST(Memory, OfADeviceThatKeepsResultsShows) {
  Observation o = growing(0);
  double bytes = 600 * 0x1p20;
  for (Window& w : o.windows) {
    w.device_bytes = static_cast<std::uint64_t>(bytes);
    bytes += 4.0 * 65'536 * kManyCalls;
  }
  o.device_memory_peak_bytes = static_cast<std::uint64_t>(bytes);
  expect_fail(memory(o));
  expect_says(memory(o), "as if results were being kept");
}

}  // namespace
}  // namespace aisp::guard
