// Regions of memory as bytes: how many differ, and a hash.
#include <cstdint>

#include "device/cuda/kernels/memory.h"
#include "device/cuda/kernels/numeric.h"
#include "device/cuda/kernels/ranges.h"

namespace aisp::cuda {
namespace {

constexpr int kUnroll = 4;

// The finalizer of MurmurHash3 (A. Appleby): each bit of the input changes half of the output's.
__device__ __forceinline__ std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
  return x ^ x >> 33;
}

__device__ __forceinline__ std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

// The share of the hash of the word at place `i`; words of other places have other shares.
__device__ __forceinline__ std::uint64_t hashed(std::uint64_t word, std::uint64_t i,
                                                std::uint64_t key) {
  return mixed(word + mixed(key + i * 0x9e3779b97f4a7c15ull));
}

// The 8 bytes at `offset`; those beyond `bytes` are zero.
__device__ __forceinline__ std::uint64_t word_at(std::uint64_t address, std::uint64_t offset,
                                                 std::uint64_t bytes) {
  const std::uint64_t left = bytes - offset;
  if (left >= 8) return load_bits(address + offset, 8);
  std::uint64_t word = 0;
  for (std::uint64_t i = 0; i < left; ++i)
    word |= static_cast<std::uint64_t>(*at<const std::uint8_t>(address + offset + i)) << (8 * i);
  return word;
}

}  // namespace

// Grid: x over bytes, y over sets.
extern "C" __global__ void __launch_bounds__(256)
    count_different(const __grid_constant__ BytesJob job) {
  const std::uint64_t thread = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::uint64_t threads = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    const std::uint64_t a = job.a + set * job.a_stride, b = job.b + set * job.b_stride;
    std::uint64_t different = 0;
    const std::uint64_t vectors = (a | b) % 16 == 0 ? job.bytes / 16 : 0;
    const uint4* const va = at<const uint4>(a);
    const uint4* const vb = at<const uint4>(b);
    std::uint64_t i = thread;
    for (; i + (kUnroll - 1) * threads < vectors; i += kUnroll * threads) {
      uint4 x[kUnroll], y[kUnroll];
      AISP_UNROLL
      for (int k = 0; k < kUnroll; ++k) x[k] = __ldcs(va + i + k * threads);
      AISP_UNROLL
      for (int k = 0; k < kUnroll; ++k) y[k] = __ldcs(vb + i + k * threads);
      AISP_UNROLL
      for (int k = 0; k < kUnroll; ++k) different += different_bytes(x[k], y[k]);
    }
    for (; i < vectors; i += threads) different += different_bytes(va[i], vb[i]);
    for (std::uint64_t at_byte = 16 * vectors + thread; at_byte < job.bytes; at_byte += threads)
      different += *at<const std::uint8_t>(a + at_byte) != *at<const std::uint8_t>(b + at_byte);
    add_to_total(different, at<std::uint64_t>(job.results) + set);
  }
}

// The sum over words of their shares. Grid: x over bytes, y over sets.
extern "C" __global__ void __launch_bounds__(256) hash(const __grid_constant__ BytesJob job) {
  const std::uint64_t thread = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::uint64_t threads = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    const std::uint64_t a = job.a + set * job.a_stride;
    std::uint64_t total = thread == 0 ? mixed(job.key ^ job.bytes) : 0;
    const std::uint64_t vectors = a % 16 == 0 ? job.bytes / 16 : 0;
    const uint4* const va = at<const uint4>(a);
    std::uint64_t i = thread;
    for (; i + (kUnroll - 1) * threads < vectors; i += kUnroll * threads) {
      uint4 x[kUnroll];
      AISP_UNROLL
      for (int k = 0; k < kUnroll; ++k) x[k] = __ldcs(va + i + k * threads);
      AISP_UNROLL
      for (int k = 0; k < kUnroll; ++k) {
        const std::uint64_t word = 2 * (i + k * threads);
        total += hashed(joined(x[k].x, x[k].y), word, job.key) +
                 hashed(joined(x[k].z, x[k].w), word + 1, job.key);
      }
    }
    for (; i < vectors; i += threads) {
      const uint4 x = va[i];
      total +=
          hashed(joined(x.x, x.y), 2 * i, job.key) + hashed(joined(x.z, x.w), 2 * i + 1, job.key);
    }
    for (std::uint64_t word = 2 * vectors + thread; 8 * word < job.bytes; word += threads)
      total += hashed(word_at(a, 8 * word, job.bytes), word, job.key);
    add_to_total(total, at<std::uint64_t>(job.results) + set);
  }
}

// Reads and writes every vector.
extern "C" __global__ void __launch_bounds__(256)
    sweep(std::uint64_t scratch, std::uint64_t vectors) {
  uint4* const v = at<uint4>(scratch);
  const std::uint64_t threads = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + (kUnroll - 1) * threads < vectors; i += kUnroll * threads) {
    uint4 x[kUnroll];
    AISP_UNROLL
    for (int k = 0; k < kUnroll; ++k) x[k] = v[i + k * threads];
    AISP_UNROLL
    for (int k = 0; k < kUnroll; ++k) {
      x[k].x += 1;
      v[i + k * threads] = x[k];
    }
  }
  for (; i < vectors; i += threads) v[i].x += 1;
}

}  // namespace aisp::cuda
