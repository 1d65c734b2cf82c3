// What the loops of peaks.cu work on, for the GPU and for the host that checks them.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define AISP_PEAK_BOTH __host__ __device__ __forceinline__
#else
#define AISP_PEAK_BOTH inline
#endif

namespace aisp::cuda {

inline constexpr int kSharedThreads = 512;
inline constexpr int kSharedPieces = 6 * kSharedThreads;  // of 16 bytes: 48 KiB
inline constexpr int kPeakChains = 8;

enum class PeakType : std::uint32_t { fp64, fp32, bf16, fp16, fp8_e4m3, int8 };

// Word i of memory that is read and copied.
AISP_PEAK_BOTH std::uint32_t word_at(std::uint64_t i) {
  return static_cast<std::uint32_t>(i) * 0x9e3779b1u;
}

// A finalizer as in splitmix64.
AISP_PEAK_BOTH std::uint64_t mixed_bits(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// Element i of a factor: a whole number from -most to most, most at most 4.
AISP_PEAK_BOTH int number_at(std::uint64_t i, std::uint64_t seed, int most) {
  return static_cast<int>(mixed_bits(i ^ seed) % static_cast<std::uint64_t>(2 * most + 1)) - most;
}

}  // namespace aisp::cuda

#undef AISP_PEAK_BOTH
