#include "agent/activity.h"

#include <gtest/gtest.h>

#include <vector>

namespace aisp::agent {
namespace {

using Kind = ActivityRecord::Kind;
using protocol::DeviceClaim;
using protocol::DeviceWindow;
using protocol::kUnknownNs;

struct Attributed {
  std::vector<DeviceClaim> claims;
  DeviceWindow window{};
};

Attributed attribute(const std::vector<ActivityRecord>& records,
                     const std::vector<CallMarks>& marks, std::size_t calls,
                     std::uint32_t settled = 0) {
  Attributed a;
  a.claims.resize(calls);
  attribute_activity(records, marks, settled, a.claims, a.window);
  return a;
}

TEST(Activity, TheUnionCountsOverlapsOnceAndLeavesGapsOut) {
  std::vector<std::pair<std::int64_t, std::int64_t>> intervals = {
      {30, 40}, {0, 10}, {5, 12}, {6, 8}, {12, 13}};
  EXPECT_EQ(union_ns(intervals), 13 + 10);
  intervals.clear();
  EXPECT_EQ(union_ns(intervals), 0);
  intervals = {{-5, -1}, {-3, 2}};
  EXPECT_EQ(union_ns(intervals), 7);
}

TEST(Activity, WorkBelongsToTheCallThatAskedForItWhateverItsStream) {
  // Call 0 asks for a kernel on stream 7 and a copy on stream 9 that runs while call 1 does.
  const auto a = attribute({{Kind::kernel, 7, 11, 100, 200},
                            {Kind::copy, 9, 12, 150, 500},
                            {Kind::kernel, 7, 21, 210, 300},
                            {Kind::memset, 7, 22, 300, 310},
                            {Kind::graph, 7, 23, 310, 400}},
                           {{10, 19}, {20, 29}}, 2);
  EXPECT_EQ(a.claims[0].kernels, 1u);
  EXPECT_EQ(a.claims[0].copies, 1u);
  EXPECT_EQ(a.claims[0].streams, 2u);
  EXPECT_EQ(a.claims[0].activity_ns, 400);
  EXPECT_EQ(a.claims[0].activity_span_ns, 400);
  EXPECT_EQ(a.claims[1].kernels, 1u);
  EXPECT_EQ(a.claims[1].memsets, 1u);
  EXPECT_EQ(a.claims[1].graphs, 1u);
  EXPECT_EQ(a.claims[1].streams, 1u);
  EXPECT_EQ(a.claims[1].activity_ns, 190);
  EXPECT_EQ(a.window.activity_ns, 400);
  EXPECT_EQ(a.window.streams, 2u);
  EXPECT_EQ(a.window.unattributed, 0u);
}

TEST(Activity, GapsWithinACallAreInItsSpanOnly) {
  const auto a =
      attribute({{Kind::kernel, 7, 11, 100, 110}, {Kind::kernel, 7, 12, 150, 160}}, {{10, 19}}, 1);
  EXPECT_EQ(a.claims[0].activity_ns, 20);
  EXPECT_EQ(a.claims[0].activity_span_ns, 60);
}

TEST(Activity, WhatWasAskedForOutsideOfCallsIsSeen) {
  // Right before the first mark, between the calls, after the last one.
  const auto a = attribute({{Kind::kernel, 3, 9, 0, 50},
                            {Kind::kernel, 3, 19, 60, 70},
                            {Kind::kernel, 3, 30, 80, 95},
                            {Kind::kernel, 7, 15, 0, 10}},
                           {{10, 18}, {20, 29}}, 2);
  EXPECT_EQ(a.window.unattributed, 3u);
  EXPECT_EQ(a.claims[0].kernels, 1u);
  EXPECT_EQ(a.claims[1].kernels, 0u);
  EXPECT_EQ(a.claims[1].activity_ns, 0);
  EXPECT_EQ(a.window.activity_ns, 50 + 10 + 15);
}

TEST(Activity, EarlierWindowsAreLeftOut) {
  const auto a = attribute({{Kind::kernel, 3, 5, 0, 50}, {Kind::kernel, 3, 9, 60, 70}}, {{10, 18}},
                           1, /*settled=*/8);
  EXPECT_EQ(a.window.unattributed, 1u) << "asked for after the window before, and before this one";
  EXPECT_EQ(a.window.activity_ns, 10);
}

TEST(Activity, CorrelationsMayWrap) {
  constexpr std::uint32_t kTop = 0xffffffffu;
  const auto a = attribute({{Kind::kernel, 3, kTop, 0, 50}, {Kind::kernel, 3, 2, 60, 70}},
                           {{kTop - 1, 0}, {1, 3}}, 2, kTop - 5);
  EXPECT_EQ(a.claims[0].activity_ns, 50);
  EXPECT_EQ(a.claims[1].activity_ns, 10);
  EXPECT_EQ(a.window.unattributed, 0u);
}

TEST(Activity, WithoutMarksOnlyAWindowOfOneCallIsKnownByCall) {
  const std::vector<ActivityRecord> records = {{Kind::kernel, 3, 5, 0, 50}};
  const auto one = attribute(records, {}, 1);
  EXPECT_EQ(one.claims[0].activity_ns, 50);
  EXPECT_EQ(one.window.unattributed, 0u);
  const auto two = attribute(records, {}, 2);
  EXPECT_EQ(two.claims[0].activity_ns, kUnknownNs);
  EXPECT_EQ(two.claims[1].activity_span_ns, kUnknownNs);
  EXPECT_EQ(two.window.activity_ns, 50);
  EXPECT_EQ(two.window.unattributed, 1u);
}

}  // namespace
}  // namespace aisp::agent
