#include "worker/claims.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace aisp {
namespace {

using protocol::Claim;
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Claims, OrderedClaimsInsideTheWindowAreSummedUp) {
  const ClaimSummary s = summarize_claims(std::vector<Claim>{{110, 120}, {125, 150}}, 100, 200);
  EXPECT_TRUE(s.sane);
  EXPECT_EQ(s.sum_ns, 35);
  EXPECT_EQ(s.span_ns, 40);
  EXPECT_EQ(s.min_ns, 10);
}

TEST(Claims, TheWholeWindowAndNothingAtAllAreBothPossible) {
  EXPECT_TRUE(summarize_claims(std::vector<Claim>{{100, 200}}, 100, 200).sane);
  EXPECT_TRUE(summarize_claims(std::vector<Claim>{{150, 150}, {150, 150}}, 100, 200).sane);
}

TEST(Claims, WhatIsNotPossibleIsNotSaneAndLeavesNoNumbers) {
  const std::vector<std::vector<Claim>> impossible = {
      {},                        // no call was timed
      {{99, 120}},               // began before GO
      {{110, 201}},              // ended after DONE
      {{120, 119}},              // ended before it began
      {{110, 130}, {129, 140}},  // two at once
      {{130, 140}, {110, 120}},  // out of order
      {{kMin, kMax}},
      {{kMax, kMin}},
      {{kMin, kMin}},
      {{kMax, kMax}},
      {{110, 120}, {kMax, kMax}},
      {{0, 0}, {0, 0}},  // never written
  };
  for (const auto& claims : impossible) {
    const ClaimSummary s = summarize_claims(claims, 100, 200);
    EXPECT_FALSE(s.sane);
    EXPECT_EQ(s.sum_ns, 0);
    EXPECT_EQ(s.span_ns, 0);
    EXPECT_EQ(s.min_ns, 0);
  }
  EXPECT_FALSE(summarize_claims(std::vector<Claim>{{150, 150}}, 200, 100).sane);
}

// The definition in wide arithmetic, where nothing overflows.
bool possible(const std::vector<Claim>& claims, std::int64_t go, std::int64_t done) {
  if (claims.empty()) return false;
  __int128 previous = go;
  for (const Claim& c : claims) {
    if (c.start_ns < previous || c.end_ns < c.start_ns || c.end_ns > done) return false;
    previous = c.end_ns;
  }
  return true;
}

TEST(Claims, HundredThousandHostileArrays) {
  std::mt19937_64 random(20260131);
  const std::int64_t go = 1'000'000'000'000;
  const std::int64_t done = go + 2'000'000;
  const auto pick = [&](std::int64_t previous) -> std::int64_t {
    switch (random() % 12) {
      case 0: return kMin;
      case 1: return kMax;
      case 2: return go;
      case 3: return done;
      case 4: return previous;
      case 5: return go - 1;
      case 6: return done + 1;
      case 7: return static_cast<std::int64_t>(random());
      default: return previous + static_cast<std::int64_t>(random() % 2000);
    }
  };
  int sane = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::vector<Claim> claims(1 + random() % 16);
    std::int64_t previous = go;
    // Every other array is mostly plausible, so that both answers are met often.
    const bool plausible = random() % 2 == 0;
    for (Claim& c : claims) {
      const auto next = [&] {
        if (plausible && random() % 64 != 0)
          return previous > done || previous < go
                     ? go
                     : previous + static_cast<std::int64_t>(random() % 2000);
        return pick(previous < go || previous > done ? go : previous);
      };
      c.start_ns = previous = next();
      c.end_ns = previous = next();
    }
    const ClaimSummary s = summarize_claims(claims, go, done);
    ASSERT_EQ(s.sane, possible(claims, go, done)) << "array " << i;
    if (!s.sane) continue;
    ++sane;
    ASSERT_GE(s.min_ns, 0);
    ASSERT_LE(s.min_ns * static_cast<std::int64_t>(claims.size()), s.sum_ns);
    ASSERT_LE(s.sum_ns, s.span_ns);
    ASSERT_LE(s.span_ns, done - go);
  }
  EXPECT_GT(sane, 20'000);
  EXPECT_LT(sane, 80'000);
}

using protocol::DeviceClaim;
using protocol::DeviceWindow;
using protocol::kFromActivity;
using protocol::kFromEvents;
using protocol::kUnknownNs;

DeviceClaim call_of(std::int64_t device_ns, std::int64_t activity_ns) {
  return {.device_ns = device_ns,
          .activity_ns = activity_ns,
          .activity_span_ns = activity_ns,
          .kernels = 1,
          .copies = 0,
          .memsets = 0,
          .graphs = 0,
          .streams = 1,
          .reserved = 0};
}

DeviceWindow window_of(std::uint32_t sources, std::int64_t activity_ns) {
  return {.sources = sources,
          .streams = 1,
          .unattributed = 0,
          .dropped = 0,
          .activity_ns = activity_ns};
}

TEST(DeviceClaims, SumsUpWhatEachSourceTells) {
  const std::vector<DeviceClaim> claims = {call_of(5000, 3000), call_of(6000, 4000)};
  DeviceClaimSummary s =
      summarize_device_claims(claims, window_of(kFromEvents | kFromActivity, 7000), 20'000);
  ASSERT_TRUE(s.sane);
  EXPECT_EQ(s.device_ns, 11'000);
  EXPECT_EQ(s.activity_ns, 7000);
  EXPECT_EQ(s.busy_ns, 7000);
  EXPECT_EQ(s.kernels, 2u);
  EXPECT_EQ(s.streams, 1u);

  s = summarize_device_claims(claims, window_of(kFromEvents, kUnknownNs), 20'000);
  ASSERT_TRUE(s.sane);
  EXPECT_EQ(s.device_ns, 11'000);
  EXPECT_EQ(s.activity_ns, kUnknownNs);
  EXPECT_EQ(s.kernels, 0u) << "what a source that is off says does not count";

  EXPECT_FALSE(s.host_functions);
  s = summarize_device_claims(
      claims, window_of(kFromEvents | kFromActivity | aisp::protocol::kHostFunctions, 7000),
      20'000);
  ASSERT_TRUE(s.sane) << "that streams run functions of the host is no lie";
  EXPECT_TRUE(s.host_functions);
  EXPECT_EQ(s.device_ns, 11'000);
  EXPECT_FALSE(summarize_device_claims(claims, window_of(1u << 3, 0), 20'000).sane);

  s = summarize_device_claims(claims, window_of(0, 0), 20'000);
  EXPECT_TRUE(s.sane);
  EXPECT_EQ(s.device_ns, kUnknownNs);
}

TEST(DeviceClaims, CallsOnStreamsOfTheirOwnMayOverlap) {
  const std::vector<DeviceClaim> claims = {call_of(1, 9000), call_of(1, 9000)};
  const auto s =
      summarize_device_claims(claims, window_of(kFromEvents | kFromActivity, 9500), 10'000);
  EXPECT_TRUE(s.sane);
  EXPECT_EQ(s.activity_ns, 18'000);
  EXPECT_EQ(s.busy_ns, 9500);
}

TEST(DeviceClaims, ActivityMayBeKnownForTheWindowOnly) {
  std::vector<DeviceClaim> claims = {call_of(10, kUnknownNs), call_of(10, kUnknownNs)};
  const auto s =
      summarize_device_claims(claims, window_of(kFromEvents | kFromActivity, 500), 10'000);
  EXPECT_TRUE(s.sane);
  EXPECT_EQ(s.activity_ns, kUnknownNs);
  EXPECT_EQ(s.busy_ns, 500);
}

TEST(DeviceClaims, WhatIsNotPossibleIsNotSaneAndLeavesNoNumbers) {
  constexpr std::uint32_t kBoth = kFromEvents | kFromActivity;
  const auto with = [](auto change) {
    DeviceClaim claim = call_of(5000, 3000);
    change(claim);
    return claim;
  };
  const struct {
    const char* what;
    std::vector<DeviceClaim> claims;
    DeviceWindow window;
  } impossible[] = {
      {"no call", {}, window_of(kBoth, 0)},
      {"an unknown source", {call_of(1, 1)}, window_of(8, 1)},
      {"longer than the window", {call_of(30'000, 1)}, window_of(kBoth, 1)},
      {"longer in sum", {call_of(15'000, 1), call_of(15'000, 1)}, window_of(kBoth, 2)},
      {"negative", {call_of(-2, 1)}, window_of(kBoth, 1)},
      {"events said to be there and not", {call_of(kUnknownNs, 1)}, window_of(kBoth, 1)},
      {"the least number", {call_of(kMin, 1)}, window_of(kBoth, 1)},
      {"the largest number", {call_of(kMax, kMax), call_of(kMax, kMax)}, window_of(kBoth, kMax)},
      {"busy for longer than the window", {call_of(1, 1)}, window_of(kBoth, 30'000)},
      {"a call busier than its window", {call_of(1, 4000)}, window_of(kBoth, 3000)},
      {"activity the least number", {call_of(1, kMin)}, window_of(kBoth, 3000)},
      {"span below activity",
       {with([](DeviceClaim& c) { c.activity_span_ns = 2999; })},
       window_of(kBoth, 3000)},
      {"span beyond the window",
       {with([](DeviceClaim& c) { c.activity_span_ns = kMax; })},
       window_of(kBoth, 3000)},
      {"busy with nothing",
       {with([](DeviceClaim& c) { c.kernels = c.streams = 0; })},
       window_of(kBoth, 3000)},
      {"more streams than work",
       {with([](DeviceClaim& c) { c.streams = 2; })},
       window_of(kBoth, 3000)},
  };
  for (const auto& [what, claims, window] : impossible) {
    const DeviceClaimSummary s = summarize_device_claims(claims, window, 20'000);
    EXPECT_FALSE(s.sane) << what;
    EXPECT_FALSE(s.impossible.empty()) << what;
    EXPECT_EQ(s.device_ns, kUnknownNs) << what;
    EXPECT_EQ(s.activity_ns, kUnknownNs) << what;
    EXPECT_EQ(s.kernels, 0u) << what;
  }
}

TEST(DeviceClaims, AnyBytesAreAnswered) {
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<DeviceClaim> claims(1 + random() % 40);
    DeviceWindow window{};
    const auto scribble = [&](void* data, std::size_t bytes) {
      for (std::size_t i = 0; i < bytes; ++i)
        static_cast<unsigned char*>(data)[i] = static_cast<unsigned char>(random());
    };
    scribble(claims.data(), claims.size() * sizeof(DeviceClaim));
    scribble(&window, sizeof window);
    window.sources &= 3;
    const auto s =
        summarize_device_claims(claims, window, static_cast<std::int64_t>(random() >> 20));
    if (s.sane && (window.sources & kFromEvents) != 0) {
      EXPECT_GE(s.device_ns, 0);
    }
  }
}

}  // namespace
}  // namespace aisp
