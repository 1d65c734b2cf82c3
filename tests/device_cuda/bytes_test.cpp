// Counting bytes that differ, hashing, sweeping.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "device_cuda/gpu.h"

namespace aisp::cuda {
namespace {

using GpuBytes = GpuTest;

std::vector<std::byte> random_bytes(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> bytes(n);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  return bytes;
}

TEST_F(GpuBytes, CountsWhatDiffers) {
  std::mt19937_64 random(3);
  for (const std::size_t n : {1, 5, 16, 100, 4096, 100003})
    for (const std::size_t begin : {0, 3}) {
      const std::size_t stride = (n + begin + 15) / 16 * 16 + 32;
      auto a = random_bytes(3 * stride, n);
      auto b = a;
      std::uint64_t want[3] = {};
      for (std::size_t set = 0; set < 3; ++set)
        for (std::size_t i = 0; i < n; ++i)
          if (set > 0 && random() % (set == 1 ? 2 : 997) == 0) {
            b[set * stride + begin + i] ^= static_cast<std::byte>(1u << random() % 8);
            ++want[set];
          }
      b[begin + n] ^= std::byte{1};  // behind the first
      DeviceMemory da(cuda(), a.size()), db(cuda(), b.size()), counts(cuda(), 24);
      da.write(a.data(), a.size());
      db.write(b.data(), b.size());
      ASSERT_DONE(kernels().count_different(stream(), {da + begin, stride, 3},
                                            {db + begin, stride, 3}, n, counts));
      ASSERT_DONE(wait());
      const auto seen = counts.read_all<std::uint64_t>(3);
      for (std::size_t set = 0; set < 3; ++set) ASSERT_EQ(seen[set], want[set]) << n << " " << set;
    }
}

TEST_F(GpuBytes, HashDependsOnEachByteItsPlaceAndTheKeyOnly) {
  constexpr std::size_t kBytes = 20011;
  const auto content = random_bytes(kBytes, 1);
  DeviceMemory memory(cuda(), kBytes + 64), result(cuda(), 8);
  const auto hash = [&](const std::vector<std::byte>& bytes, std::size_t at, std::uint64_t key) {
    memory.write(bytes.data(), bytes.size(), at);
    EXPECT_TRUE(kernels().hash(stream(), {memory + at, 0, 1}, bytes.size(), key, result));
    EXPECT_TRUE(wait());
    return result.read_all<std::uint64_t>(1)[0];
  };
  const std::uint64_t first = hash(content, 0, 5);
  EXPECT_EQ(hash(content, 0, 5), first);
  EXPECT_EQ(hash(content, 16, 5), first);
  EXPECT_EQ(hash(content, 3, 5), first);
  std::set<std::uint64_t> seen = {first, hash(content, 0, 6)};
  for (std::size_t i = 0; i < kBytes; i += 997) {
    auto other = content;
    other[i] ^= std::byte{1};
    seen.insert(hash(other, 0, 5));
  }
  auto exchanged = content;
  std::swap_ranges(exchanged.begin(), exchanged.begin() + 8, exchanged.begin() + 8);
  seen.insert(hash(exchanged, 0, 5));
  auto longer = content;
  longer.push_back(std::byte{0});
  seen.insert(hash(longer, 0, 5));
  EXPECT_EQ(seen.size(), 2 + (kBytes + 996) / 997 + 2);
}

TEST_F(GpuBytes, SweepTouchesEverything) {
  constexpr std::size_t kBytes = (3 << 20) + 48;
  DeviceMemory memory(cuda(), kBytes);
  const std::vector<std::byte> zero(kBytes);
  memory.write(zero.data(), kBytes);
  ASSERT_DONE(kernels().sweep(stream(), memory, kBytes));
  ASSERT_DONE(wait());
  const auto words = memory.read_all<std::uint32_t>(kBytes / 4);
  for (std::size_t i = 0; i < words.size(); ++i) ASSERT_EQ(words[i], i % 4 == 0 ? 1u : 0u) << i;
}

}  // namespace
}  // namespace aisp::cuda
