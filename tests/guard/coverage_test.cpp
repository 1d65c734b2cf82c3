#include <gtest/gtest.h>

#include "guard/guards.h"
#include "recording.h"

namespace aisp::guard {
namespace {

// An agent is told of windows that are waited for call by call, and of plain ones: who computes only there is looked at nowhere else.
TEST(Coverage, WindowsThatAWorkerKnowsDoNotCountForTheReference) {
  Observation o = device_recording();
  for (Window& w : o.windows) w.calls_by_reference = 0;
  const int rounds = 10;
  for (const WindowKind kind : {WindowKind::plain, WindowKind::one_by_one})
    for (int i = 0; i < rounds; ++i) {
      Window w = honest_device_window(i, 100);
      w.kind = kind;
      w.calls_by_reference = 1;
      o.windows.push_back(w);
    }
  EXPECT_NE(coverage(o).status, FindingStatus::pass) << coverage(o).message;
  for (Window& w : o.windows)
    if (w.kind == WindowKind::timed) w.calls_by_reference = 1;
  EXPECT_EQ(coverage(o).status, FindingStatus::pass) << coverage(o).message;
}

}  // namespace
}  // namespace aisp::guard
