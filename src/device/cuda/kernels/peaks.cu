// What a GPU does at best: loops whose result says whether they were run. Words of memory hold word_at(i), so
// that the exclusive or of a buffer is known; numbers are small whole ones, so that sums are exact.
#include <cstdint>

#include "device/cuda/kernels/memory.h"
#include "device/cuda/kernels/peak_data.h"

namespace aisp::cuda {
namespace {

__device__ __forceinline__ std::uint64_t thread_index() {
  return std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::uint64_t threads_in_all() {
  return std::uint64_t{gridDim.x} * blockDim.x;
}

__device__ __forceinline__ uint4 words_at(std::uint64_t i) {
  return {word_at(4 * i), word_at(4 * i + 1), word_at(4 * i + 2), word_at(4 * i + 3)};
}

__device__ __forceinline__ void mix(uint4& to, const uint4& from) {
  to.x ^= from.x;
  to.y ^= from.y;
  to.z ^= from.z;
  to.w ^= from.w;
}

__device__ void add_to(std::uint64_t sum, const uint4& mixed) {
  std::uint32_t word = mixed.x ^ mixed.y ^ mixed.z ^ mixed.w;
  for (int step = 16; step > 0; step /= 2) word ^= __shfl_xor_sync(~0u, word, step);
  if (threadIdx.x % 32 == 0) atomicXor(&at<std::uint32_t>(sum)[0], word);
}

}  // namespace

// 16-byte pieces [0, count) of the buffer.
extern "C" __global__ void peak_write(std::uint64_t to, std::uint64_t count) {
  for (std::uint64_t i = thread_index(); i < count; i += threads_in_all())
    at<uint4>(to)[i] = words_at(i);
}

// sum ^= all words, `passes` times over; past L1.
extern "C" __global__ void __launch_bounds__(512)
    peak_read(std::uint64_t from, std::uint64_t count, std::uint32_t passes, std::uint64_t sum) {
  const uint4* data = at<uint4>(from);
  const std::uint64_t stride = threads_in_all();
  uint4 mixed[4] = {};
  for (std::uint32_t pass = 0; pass < passes; ++pass) {
    std::uint64_t i = thread_index();
    for (; i + 3 * stride < count; i += 4 * stride) {
      uint4 piece[4];
#pragma unroll
      for (int j = 0; j < 4; ++j) piece[j] = __ldcg(data + i + j * stride);
#pragma unroll
      for (int j = 0; j < 4; ++j) mix(mixed[j], piece[j]);
    }
    for (; i < count; i += stride) mix(mixed[0], __ldcg(data + i));
  }
#pragma unroll
  for (int j = 1; j < 4; ++j) mix(mixed[0], mixed[j]);
  add_to(sum, mixed[0]);
}

extern "C" __global__ void __launch_bounds__(512)
    peak_copy(std::uint64_t from, std::uint64_t to, std::uint64_t count) {
  const uint4* source = at<uint4>(from);
  uint4* target = at<uint4>(to);
  const std::uint64_t stride = threads_in_all();
  std::uint64_t i = thread_index();
  for (; i + 3 * stride < count; i += 4 * stride) {
    uint4 piece[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) piece[j] = __ldcs(source + i + j * stride);
#pragma unroll
    for (int j = 0; j < 4; ++j) __stcs(target + i + j * stride, piece[j]);
  }
  for (; i < count; i += stride) target[i] = source[i];
}

// Each block reads kSharedPieces pieces of its shared memory `passes` times: 512 threads, six pieces each.
extern "C" __global__ void __launch_bounds__(kSharedThreads)
    peak_shared(std::uint32_t passes, std::uint64_t sum) {
  __shared__ uint4 pieces[kSharedPieces];
  for (int i = threadIdx.x; i < kSharedPieces; i += kSharedThreads)
    pieces[i] = words_at(static_cast<std::uint64_t>(i));
  __syncthreads();
  const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(pieces + threadIdx.x));
  uint4 mixed[2] = {};
  for (std::uint32_t pass = 0; pass < passes; ++pass) {
#pragma unroll
    for (int j = 0; j < kSharedPieces / kSharedThreads; ++j) {
      uint4 piece;
      // Volatile twice: nothing writes here, and both compilers would read it once (measured: 124 TB/s on an H100).
      asm volatile("ld.volatile.shared.v4.u32 {%0, %1, %2, %3}, [%4];"
                   : "=r"(piece.x), "=r"(piece.y), "=r"(piece.z), "=r"(piece.w)
                   : "r"(base + static_cast<std::uint32_t>(j * kSharedThreads * 16)));
      mix(mixed[j % 2], piece);
    }
  }
  mix(mixed[0], mixed[1]);
  add_to(sum, mixed[0]);
}

// kPeakChains chains of x = x * one + one a thread. Threads in which they do not end at `steps` are counted.
template <class T>
__device__ __forceinline__ void multiply_add(std::uint32_t steps, T one, std::uint64_t wrong) {
  T x[kPeakChains] = {};
#pragma unroll 4
  for (std::uint32_t i = 0; i < steps; ++i)
#pragma unroll
    for (T& chain : x) chain = fma(chain, one, one);
  bool right = true;
  for (const T chain : x) right = right && chain == static_cast<T>(steps);
  if (!right) atomicAdd(&at<std::uint32_t>(wrong)[0], 1u);
}
extern "C" __global__ void __launch_bounds__(256)
    peak_fp32(std::uint32_t steps, float one, std::uint64_t wrong) {
  multiply_add(steps, one, wrong);
}
extern "C" __global__ void __launch_bounds__(256)
    peak_fp64(std::uint32_t steps, double one, std::uint64_t wrong) {
  multiply_add(steps, one, wrong);
}

// Whole numbers from -most to most as `type` has them.
extern "C" __global__ void peak_numbers(std::uint32_t type, std::uint64_t to, std::uint64_t count,
                                        std::uint64_t seed, std::int32_t most) {
  for (std::uint64_t i = thread_index(); i < count; i += threads_in_all()) {
    const int value = number_at(i, seed, most);
    const int size = value < 0 ? -value : value;
    switch (static_cast<PeakType>(type)) {
      case PeakType::fp64: at<double>(to)[i] = value; break;
      case PeakType::fp32: at<float>(to)[i] = static_cast<float>(value); break;
      case PeakType::int8: at<std::int8_t>(to)[i] = static_cast<std::int8_t>(value); break;
      case PeakType::bf16:
        at<std::uint16_t>(to)[i] =
            static_cast<std::uint16_t>(__float_as_uint(static_cast<float>(value)) >> 16);
        break;
      case PeakType::fp16: {
        constexpr std::uint16_t bits[5] = {0, 0x3c00, 0x4000, 0x4200, 0x4400};
        at<std::uint16_t>(to)[i] =
            static_cast<std::uint16_t>(bits[size] | (value < 0 ? 0x8000 : 0));
        break;
      }
      case PeakType::fp8_e4m3: {
        constexpr std::uint8_t bits[5] = {0, 0x38, 0x40, 0x44, 0x48};
        at<std::uint8_t>(to)[i] = static_cast<std::uint8_t>(bits[size] | (value < 0 ? 0x80 : 0));
        break;
      }
    }
  }
}

// d[m + n rows] = sum over k of a[k + m depth] b[k + n depth] for one element a block, chosen by its number: those
// that differ are counted. d: double, int32 or float by type.
extern "C" __global__ void __launch_bounds__(256)
    peak_check(std::uint32_t type, std::uint64_t d, std::uint64_t rows, std::uint64_t columns,
               std::uint64_t depth, std::uint64_t seed_a, std::uint64_t seed_b, std::int32_t most,
               std::uint64_t wrong) {
  const std::uint64_t place = mixed_bits(blockIdx.x ^ 0x5eedull) % (rows * columns);
  const std::uint64_t m = place % rows, n = place / rows;
  __shared__ std::int32_t total;
  if (threadIdx.x == 0) total = 0;
  __syncthreads();
  std::int32_t sum = 0;
  for (std::uint64_t k = threadIdx.x; k < depth; k += blockDim.x)
    sum += number_at(k + m * depth, seed_a, most) * number_at(k + n * depth, seed_b, most);
  atomicAdd(&total, sum);
  __syncthreads();
  if (threadIdx.x != 0) return;
  double got = 0;
  switch (static_cast<PeakType>(type)) {
    case PeakType::fp64: got = at<double>(d)[place]; break;
    case PeakType::int8: got = at<std::int32_t>(d)[place]; break;
    default: got = at<float>(d)[place];
  }
  if (got != static_cast<double>(total)) atomicAdd(&at<std::uint32_t>(wrong)[0], 1u);
}

}  // namespace aisp::cuda
