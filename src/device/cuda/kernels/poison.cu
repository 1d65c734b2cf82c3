// Poison: writing it, and finding where it is damaged. A byte whose address is k modulo 8 holds
// byte k of the word.
#include <cstdint>

#include "device/cuda/kernels/memory.h"
#include "device/cuda/kernels/ranges.h"
#include "device/cuda/kernels/tensor_layout.h"

namespace aisp::cuda {
namespace {

constexpr int kThreads = 128;

__device__ __forceinline__ std::uint8_t poison_byte(std::uint64_t address, std::uint64_t word) {
  return static_cast<std::uint8_t>(word >> (8 * (address % 8)));
}

// A range as bytes before the first multiple of 16, vectors, and bytes after the last.
struct Pieces {
  std::uint64_t begin, end, first_vector, vectors;

  __device__ __forceinline__ Pieces(std::uint64_t address, std::uint64_t bytes)
      : begin(address), end(address + bytes) {
    first_vector = (begin + 15) / 16 * 16;
    if (first_vector > end) first_vector = end;
    vectors = (end - first_vector) / 16;
  }
  __device__ __forceinline__ std::uint64_t tail() const { return first_vector + 16 * vectors; }
};

__device__ __forceinline__ uint4 poison_vector(std::uint64_t word) {
  const auto low = static_cast<std::uint32_t>(word), high = static_cast<std::uint32_t>(word >> 32);
  return make_uint4(low, high, low, high);
}

// Thread `thread` of `threads` writes its share.
__device__ __forceinline__ void poison_share(const Pieces& range, std::uint64_t word,
                                             std::uint64_t thread, std::uint64_t threads) {
  const uint4 vector = poison_vector(word);
  uint4* const vectors = at<uint4>(range.first_vector);
  for (std::uint64_t i = thread; i < range.vectors; i += threads) vectors[i] = vector;
  const std::uint64_t head = range.first_vector - range.begin;
  if (thread < head) {
    const std::uint64_t address = range.begin + thread;
    *at<std::uint8_t>(address) = poison_byte(address, word);
  }
  const std::uint64_t address = range.tail() + thread;
  if (address < range.end) *at<std::uint8_t>(address) = poison_byte(address, word);
}

// Address of the first damaged byte of a vector of which something is damaged.
__device__ __forceinline__ std::uint64_t damaged_byte(std::uint64_t address, const uint4& seen,
                                                      const uint4& poison) {
  const std::uint32_t differences[4] = {seen.x ^ poison.x, seen.y ^ poison.y, seen.z ^ poison.z,
                                        seen.w ^ poison.w};
  AISP_UNROLL
  for (int i = 0; i < 4; ++i)
    if (differences[i] != 0)
      return address + 4 * i + (__ffs(static_cast<int>(differences[i])) - 1) / 8;
  return kNothing;
}

// The first damaged address among thread `thread`'s share, or kNothing.
__device__ __forceinline__ std::uint64_t damage_share(const Pieces& range, std::uint64_t word,
                                                      std::uint64_t thread, std::uint64_t threads) {
  std::uint64_t first = kNothing;
  const std::uint64_t head = range.first_vector - range.begin;
  if (thread < head) {
    const std::uint64_t address = range.begin + thread;
    if (*at<const std::uint8_t>(address) != poison_byte(address, word)) first = address;
  }
  const uint4 vector = poison_vector(word);
  const uint4* const vectors = at<const uint4>(range.first_vector);
  for (std::uint64_t i = thread; i < range.vectors; i += threads) {
    const uint4 seen = vectors[i];
    const std::uint32_t difference =
        (seen.x ^ vector.x) | (seen.y ^ vector.y) | (seen.z ^ vector.z) | (seen.w ^ vector.w);
    if (difference == 0) continue;
    const std::uint64_t address = damaged_byte(range.first_vector + 16 * i, seen, vector);
    if (address < first) first = address;
  }
  const std::uint64_t address = range.tail() + thread;
  if (address < range.end && *at<const std::uint8_t>(address) != poison_byte(address, word) &&
      address < first)
    first = address;
  return first;
}

}  // namespace

// One range, all blocks.
extern "C" __global__ void __launch_bounds__(256)
    poison(std::uint64_t address, std::uint64_t bytes, std::uint64_t word) {
  poison_share(Pieces(address, bytes), word,
               static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x,
               static_cast<std::uint64_t>(gridDim.x) * blockDim.x);
}

// A range of a set is one block's.
extern "C" __global__ void __launch_bounds__(kThreads) poison_ranges(const RangesJob job) {
  const std::uint64_t all = static_cast<std::uint64_t>(job.count) * job.sets;
  for (std::uint64_t i = blockIdx.x; i < all; i += gridDim.x) {
    const std::uint64_t set = i / job.count;
    const Range range = at<const Range>(job.ranges)[i - set * job.count];
    poison_share(Pieces(range.address + set * job.set_stride, range.bytes), job.word, threadIdx.x,
                 blockDim.x);
  }
}

extern "C" __global__ void __launch_bounds__(kThreads) first_unpoisoned(const RangesJob job) {
  __shared__ unsigned long long first;
  const std::uint64_t all = static_cast<std::uint64_t>(job.count) * job.sets;
  for (std::uint64_t i = blockIdx.x; i < all; i += gridDim.x) {
    const std::uint64_t set = i / job.count;
    const Range range = at<const Range>(job.ranges)[i - set * job.count];
    const std::uint64_t begin = range.address + set * job.set_stride;
    if (threadIdx.x == 0) first = kNothing;
    __syncthreads();
    const std::uint64_t mine =
        damage_share(Pieces(begin, range.bytes), job.word, threadIdx.x, blockDim.x);
    if (mine != kNothing) atomicMin(&first, static_cast<unsigned long long>(mine));
    __syncthreads();
    if (threadIdx.x == 0)
      at<std::uint64_t>(job.offsets)[i] = first == kNothing ? kNothing : first - begin;
    __syncthreads();
  }
}

// Sets the bits of storage places that hold an element.
extern "C" __global__ void __launch_bounds__(256)
    mark_elements(const __grid_constant__ TensorLayout layout, std::uint64_t elements,
                  std::uint64_t used) {
  const std::uint64_t step = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < elements; i += step) {
    const std::uint64_t place = storage_place(layout, i);
    atomicOr(at<unsigned>(used) + place / 32, 1u << (place % 32));
  }
}

// offsets[set] = the least offset of a place without an element that is damaged. offsets begin as
// kNothing. Grid: x over places, y over sets.
extern "C" __global__ void __launch_bounds__(256) first_damaged_gap(const GapsJob job) {
  const std::uint64_t step = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    const std::uint64_t data = job.data + set * job.data_stride;
    for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
         i < job.places; i += step) {
      if ((at<const std::uint32_t>(job.used)[i / 32] >> (i % 32) & 1u) != 0) continue;
      bool damaged = false;
      for (std::uint32_t b = 0; b < job.element_bytes; ++b) {
        const std::uint64_t address = data + i * job.element_bytes + b;
        damaged |= *at<const std::uint8_t>(address) != poison_byte(address, job.word);
      }
      if (!damaged) continue;
      atomicMin(at<unsigned long long>(job.offsets) + set,
                static_cast<unsigned long long>(i * job.element_bytes));
      break;  // what follows lies behind
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    gather_words(std::uint64_t addresses, int count, std::uint64_t words) {
  for (int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); i < count;
       i += static_cast<int>(gridDim.x * blockDim.x))
    at<std::uint64_t>(words)[i] = *at<const std::uint64_t>(at<const std::uint64_t>(addresses)[i]);
}

}  // namespace aisp::cuda
