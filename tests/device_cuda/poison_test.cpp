#include "device/cpu/poison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "device_cuda/gpu.h"

namespace aisp::cuda {
namespace {

constexpr std::uint64_t kWord = 0xa5b6c7d8e9fa0b1cull;

using GpuPoison = GpuTest;

std::vector<std::byte> poisoned(std::size_t bytes) {
  std::vector<std::byte> all(bytes);
  aisp::poison(all, kWord);
  return all;
}

TEST_F(GpuPoison, FillsARangeOfAnyAlignmentAndNothingElse) {
  constexpr std::size_t kBytes = 4096;
  const std::vector<std::byte> pattern = poisoned(kBytes), blank(kBytes, std::byte{0x33});
  DeviceMemory memory(cuda(), kBytes);
  for (const std::size_t begin : {0, 1, 7, 8, 15, 16, 17, 250})
    for (const std::size_t bytes : {0, 1, 3, 8, 15, 16, 17, 31, 33, 100, 3000}) {
      memory.write(blank.data(), kBytes);
      ASSERT_DONE(kernels().poison(stream(), memory + begin, bytes, kWord));
      ASSERT_DONE(wait());
      auto want = blank;
      std::copy_n(pattern.begin() + static_cast<std::ptrdiff_t>(begin), bytes,
                  want.begin() + static_cast<std::ptrdiff_t>(begin));
      ASSERT_EQ(memory.read_all<std::byte>(kBytes), want) << begin << " " << bytes;
    }
}

TEST_F(GpuPoison, FillsMuch) {
  constexpr std::size_t kBytes = (48 << 20) + 5;
  DeviceMemory memory(cuda(), kBytes);
  ASSERT_DONE(kernels().poison(stream(), memory, kBytes, kWord));
  ASSERT_DONE(wait());
  ASSERT_EQ(first_unpoisoned(memory.read_all<std::byte>(kBytes), kWord), std::nullopt);
}

// Bands of three sets: the ranges are of the first, the others lie a stride further.
TEST_F(GpuPoison, FindsTheFirstDamagedByteOfEachRangeAndSet) {
  constexpr std::size_t kStride = 1024, kSets = 3;
  const std::vector<std::pair<std::size_t, std::size_t>> places = {
      {0, 256}, {300, 1}, {304, 0}, {309, 90}, {448, 513}};
  DeviceMemory memory(cuda(), kStride * kSets), ranges(cuda(), places.size() * sizeof(ByteRange)),
      offsets(cuda(), places.size() * kSets * 8);
  std::vector<ByteRange> list;
  for (const auto& [begin, bytes] : places) list.push_back({memory + begin, bytes});
  ranges.write(list.data(), list.size() * sizeof(ByteRange));
  const auto count = static_cast<int>(places.size());

  const std::vector<std::byte> blank(kStride * kSets, std::byte{0x33});
  memory.write(blank.data(), blank.size());
  ASSERT_DONE(kernels().poison_ranges(stream(), ranges, count, kStride, kSets, kWord));
  ASSERT_DONE(wait());
  auto want = blank;
  const auto pattern = poisoned(kStride * kSets);
  for (std::size_t set = 0; set < kSets; ++set)
    for (const auto& [begin, bytes] : places)
      for (std::size_t i = 0; i < bytes; ++i)
        want[set * kStride + begin + i] = pattern[set * kStride + begin + i];
  ASSERT_EQ(memory.read_all<std::byte>(want.size()), want);

  const auto damage = [&] {
    EXPECT_TRUE(
        kernels().first_unpoisoned(stream(), ranges, count, kStride, kSets, kWord, offsets));
    EXPECT_TRUE(wait());
    return offsets.read_all<std::uint64_t>(places.size() * kSets);
  };
  for (const std::uint64_t offset : damage()) ASSERT_EQ(offset, kNoDamage);
  for (std::size_t set = 0; set < kSets; ++set)
    for (std::size_t r = 0; r < places.size(); ++r)
      for (std::size_t at = 0; at < places[r].second; at += at < 40 ? 1 : 37) {
        auto damaged = want;
        damaged[set * kStride + places[r].first + at] ^= std::byte{0x80};
        damaged[set * kStride + places[r].first + places[r].second - 1] ^= std::byte{0x01};
        memory.write(damaged.data(), damaged.size());
        const auto seen = damage();
        for (std::size_t i = 0; i < seen.size(); ++i)
          ASSERT_EQ(seen[i], i == set * places.size() + r ? at : kNoDamage)
              << "set " << set << " range " << r << " at " << at << ", seen " << i;
      }
}

TEST_F(GpuPoison, FindsDamageBetweenTheElementsOfStridedTensors) {
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp8_e4m3, Dtype::complex128}) {
    const Tensor t = {.name = "y", .dtype = dtype, .shape = {5, 30, 11}, .strides = {2, 113, 10}};
    const std::size_t element = dtype_bytes(dtype), bytes = t.storage_bytes();
    const std::size_t stride = (bytes + 15) / 16 * 16;
    std::vector<bool> used(static_cast<std::size_t>(t.storage_elements()));
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = 0; j < 30; ++j)
        for (std::size_t k = 0; k < 11; ++k) used[2 * i + 113 * j + 10 * k] = true;

    DeviceMemory memory(cuda(), 2 * stride), bitmap(cuda(), Kernels::gap_bitmap_bytes(t)),
        offsets(cuda(), 16);
    ASSERT_DONE(kernels().mark_elements(stream(), t, bitmap));
    auto content = poisoned(2 * stride);
    for (std::size_t e = 0; e < used.size(); ++e)
      if (used[e]) content[stride + e * element] ^= std::byte{1};  // elements may hold anything
    const auto damage = [&](const std::vector<std::byte>& now) {
      memory.write(now.data(), now.size());
      EXPECT_TRUE(
          kernels().first_damaged_gap(stream(), t, bitmap, {memory, stride, 2}, kWord, offsets));
      EXPECT_TRUE(wait());
      return offsets.read_all<std::uint64_t>(2);
    };
    ASSERT_EQ(damage(content), (std::vector<std::uint64_t>{kNoDamage, kNoDamage}));
    for (std::size_t e = 0; e < used.size(); e += 17) {
      if (used[e]) continue;
      auto damaged = content;
      damaged[stride + (e + 1) * element - 1] ^= std::byte{4};
      ASSERT_EQ(damage(damaged), (std::vector<std::uint64_t>{kNoDamage, e * element})) << e;
    }
  }
}

TEST_F(GpuPoison, LooksAtGivenPlaces) {
  DeviceMemory memory(cuda(), 8000), addresses(cuda(), 8 * 300), words(cuda(), 8 * 300);
  std::vector<std::uint64_t> content(1000), places;
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = i * 0x9e3779b97f4a7c15ull;
  memory.write(content.data(), 8000);
  for (std::size_t i = 0; i < 300; ++i) places.push_back(memory + 8 * (i * 371 % 1000));
  addresses.write(places.data(), 8 * 300);
  ASSERT_DONE(kernels().gather_words(stream(), addresses, 300, words));
  ASSERT_DONE(wait());
  const auto seen = words.read_all<std::uint64_t>(300);
  for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(seen[i], content[i * 371 % 1000]);
}

}  // namespace
}  // namespace aisp::cuda
