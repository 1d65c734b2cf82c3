#include "device/cpu/poison.h"

#include <cpuid.h>
#include <immintrin.h>

#include <cstring>

#include "base/parallel.h"

namespace aisp {
namespace {

constexpr std::size_t kBlock = 256;
constexpr std::size_t kPoisonTask = 256
                                    << 10;  // multiple of 8: every task starts with a whole word
constexpr std::size_t kFlushTask = 128 << 10;
constexpr std::size_t kParallelBytes = 1 << 20;
constexpr std::size_t kLine = 64;

void poison_part(std::byte* out, std::size_t bytes, std::uint64_t word) {
  std::size_t i = 0;
  for (; i + kBlock <= bytes; i += kBlock) {
    std::uint64_t block[kBlock / 8];
    for (std::uint64_t& w : block) w = word;
    std::memcpy(out + i, block, kBlock);
  }
  for (; i + 8 <= bytes; i += 8) std::memcpy(out + i, &word, 8);
  std::memcpy(out + i, &word, bytes - i);
}

bool has_clflushopt() {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_CLFLUSHOPT) != 0;
}

[[gnu::target("clflushopt")]] void evict_unordered(std::uintptr_t line, std::uintptr_t end) {
  for (; line < end; line += kLine) _mm_clflushopt(reinterpret_cast<void*>(line));
  _mm_mfence();
}

void evict(std::uintptr_t line, std::uintptr_t end) {
  static const bool unordered = has_clflushopt();
  if (unordered) return evict_unordered(line, end);
  for (; line < end; line += kLine) _mm_clflush(reinterpret_cast<void*>(line));
  _mm_mfence();
}

}  // namespace

void poison(std::span<std::byte> bytes, std::uint64_t word) {
  if (bytes.size() < kParallelBytes) return poison_part(bytes.data(), bytes.size(), word);
  parallel_for(bytes.size(), kPoisonTask, [&](std::size_t begin, std::size_t end) {
    poison_part(bytes.data() + begin, end - begin, word);
  });
}

std::optional<std::size_t> first_unpoisoned(std::span<const std::byte> bytes, std::uint64_t word) {
  const std::byte* const data = bytes.data();
  std::size_t i = 0;
  for (; i + kBlock <= bytes.size(); i += kBlock) {
    std::uint64_t block[kBlock / 8];
    std::memcpy(block, data + i, kBlock);
    std::uint64_t difference = 0;
    for (const std::uint64_t w : block) difference |= w ^ word;
    if (difference != 0) break;
  }
  for (; i < bytes.size(); ++i)
    if (std::to_integer<std::uint64_t>(data[i]) != (word >> (8 * (i % 8)) & 0xff)) return i;
  return std::nullopt;
}

void flush_lines(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::uintptr_t first = address & ~(kLine - 1);
  const std::uintptr_t end = address + bytes.size();
  if (bytes.size() < kParallelBytes) return evict(first, end);
  // Each task fences its own flushes: a fence orders only its own processor's.
  parallel_for(end - first, kFlushTask, [&](std::size_t begin, std::size_t task_end) {
    evict(first + begin, first + task_end);
  });
}

}  // namespace aisp
