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
      {},                                // no call was timed
      {{99, 120}},                       // began before GO
      {{110, 201}},                      // ended after DONE
      {{120, 119}},                      // ended before it began
      {{110, 130}, {129, 140}},          // two at once
      {{130, 140}, {110, 120}},          // out of order
      {{kMin, kMax}},
      {{kMax, kMin}},
      {{kMin, kMin}},
      {{kMax, kMax}},
      {{110, 120}, {kMax, kMax}},
      {{0, 0}, {0, 0}},                  // never written
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

}  // namespace
}  // namespace aisp
