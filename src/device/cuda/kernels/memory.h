// Bytes at device addresses.
#pragma once

#include <cstdint>

namespace aisp::cuda {

template <class T>
__device__ __forceinline__ T* at(std::uint64_t address) {
  return reinterpret_cast<T*>(address);
}

// A component of `size` bytes (1, 2, 4, 8) at any address.
__device__ __forceinline__ std::uint64_t load_bits(std::uint64_t address, std::uint32_t size) {
  if (address % size == 0) {
    switch (size) {
      case 8: return *at<const std::uint64_t>(address);
      case 4: return *at<const std::uint32_t>(address);
      case 2: return *at<const std::uint16_t>(address);
      default: return *at<const std::uint8_t>(address);
    }
  }
  std::uint64_t bits = 0;
  for (std::uint32_t i = 0; i < size; ++i)
    bits |= static_cast<std::uint64_t>(*at<const std::uint8_t>(address + i)) << (8 * i);
  return bits;
}

__device__ __forceinline__ void store_bits(std::uint64_t address, std::uint32_t size,
                                           std::uint64_t bits) {
  if (address % size == 0) {
    switch (size) {
      case 8: *at<std::uint64_t>(address) = bits; return;
      case 4: *at<std::uint32_t>(address) = static_cast<std::uint32_t>(bits); return;
      case 2: *at<std::uint16_t>(address) = static_cast<std::uint16_t>(bits); return;
      default: *at<std::uint8_t>(address) = static_cast<std::uint8_t>(bits); return;
    }
  }
  for (std::uint32_t i = 0; i < size; ++i)
    *at<std::uint8_t>(address + i) = static_cast<std::uint8_t>(bits >> (8 * i));
}

// How many of the four bytes are not zero.
__device__ __forceinline__ std::uint32_t nonzero_bytes(std::uint32_t v) {
  return __popc(((v & 0x7f7f7f7fu) + 0x7f7f7f7fu | v) & 0x80808080u);
}

__device__ __forceinline__ std::uint32_t different_bytes(const uint4& a, const uint4& b) {
  if (((a.x ^ b.x) | (a.y ^ b.y) | (a.z ^ b.z) | (a.w ^ b.w)) == 0) return 0;  // nearly always
  return nonzero_bytes(a.x ^ b.x) + nonzero_bytes(a.y ^ b.y) + nonzero_bytes(a.z ^ b.z) +
         nonzero_bytes(a.w ^ b.w);
}

// Of components of `size` bytes.
__device__ __forceinline__ std::uint32_t different_component_bytes(std::uint64_t a, std::uint64_t b,
                                                                   std::uint32_t size) {
  const std::uint64_t mask = size == 8 ? ~0ull : (1ull << (8 * size)) - 1;
  const std::uint64_t difference = (a ^ b) & mask;
  return nonzero_bytes(static_cast<std::uint32_t>(difference)) +
         nonzero_bytes(static_cast<std::uint32_t>(difference >> 32));
}

// Adds up over the block and adds the result to *total; every thread of the block calls it.
__device__ __forceinline__ void add_to_total(std::uint64_t mine, std::uint64_t* total) {
  for (int step = 16; step > 0; step /= 2) mine += __shfl_down_sync(0xffffffffu, mine, step);
  if (threadIdx.x % 32 == 0 && mine != 0)
    atomicAdd(reinterpret_cast<unsigned long long*>(total), static_cast<unsigned long long>(mine));
}

}  // namespace aisp::cuda
