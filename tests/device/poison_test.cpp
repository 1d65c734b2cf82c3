#include "device/cpu/poison.h"

#include <gtest/gtest.h>

#include <vector>

namespace aisp {
namespace {

constexpr std::uint64_t kWord = 0x8877665544332211ull;

std::vector<std::byte> poisoned(std::size_t bytes) {
  std::vector<std::byte> memory(bytes + 1, std::byte{0xee});
  poison(std::span(memory).first(bytes), kWord);
  EXPECT_EQ(memory[bytes], std::byte{0xee}) << "wrote past the end";
  memory.resize(bytes);
  return memory;
}

TEST(Poison, RepeatsTheWordFromTheFirstByteOn) {
  for (const std::size_t bytes : {0, 1, 7, 8, 9, 255, 256, 257, 1000, (1 << 20) + 3}) {
    const auto memory = poisoned(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
      ASSERT_EQ(std::to_integer<unsigned>(memory[i]), (i % 8 + 1) * 0x11) << i << " of " << bytes;
    EXPECT_EQ(first_unpoisoned(memory, kWord), std::nullopt) << bytes;
  }
}

TEST(Poison, FindsEverySingleDamagedByteAtAnyAlignment) {
  for (const std::size_t start : {0, 1, 3})
    for (const std::size_t bytes : {1, 9, 255, 256, 515}) {
      std::vector<std::byte> memory(start + bytes);
      const auto span = std::span(memory).subspan(start);
      poison(span, kWord);
      for (std::size_t i = 0; i < bytes; ++i) {
        span[i] ^= std::byte{0x80};
        ASSERT_EQ(first_unpoisoned(span, kWord), i) << bytes;
        span[i] ^= std::byte{0x80};
      }
    }
}

TEST(Poison, TheFirstOfSeveralDamagesIsReported) {
  auto memory = poisoned(5000);
  memory[4999] = memory[1234] = std::byte{0};
  EXPECT_EQ(first_unpoisoned(memory, kWord), 1234u);
}

TEST(FlushLines, LeavesTheBytesAsTheyAre) {
  for (const std::size_t bytes : {0, 1, 64, 1000, 3 << 20}) {
    const auto memory = poisoned(bytes);
    flush_lines(memory);
    if (bytes > 2) flush_lines(std::span(memory).subspan(1, bytes - 2));
    EXPECT_EQ(first_unpoisoned(memory, kWord), std::nullopt);
  }
}

}  // namespace
}  // namespace aisp
