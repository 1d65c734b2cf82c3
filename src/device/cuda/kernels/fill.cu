// Draws tensors: the values of device/cpu/fill.h, bit for bit.
//
// fill_<dtype>: contiguous tensors aligned to 16 bytes, without structure. A thread makes one
// ChaCha block and the 16 or 8 components that it draws; a warp exchanges them through shared
// memory, so that each store instruction writes 512 bytes in a row.
//
// fill_run: everything else. A block of threads makes a run of 1024 components in shared memory,
// changes it as `structured` says, and stores component by component.
//
// Both count bytes that differ from what is there instead of storing, when job.counts is not zero.
#include <cstdint>

#include "device/cuda/kernels/chacha.h"
#include "device/cuda/kernels/fill_formula.h"
#include "device/cuda/kernels/memory.h"

namespace aisp::cuda {
namespace {

constexpr int kThreads = kFillThreads;

// Copies the table to shared memory, where every lane can look up a place of its own.
__device__ __forceinline__ void load_table(const FillJob& job, float* base, float* slope) {
  if (job.draw != Draw::normal) return;
  for (int i = threadIdx.x; i < kNormalSegments; i += blockDim.x) {
    base[i] = job.base[i];
    slope[i] = job.slope[i];
  }
  __syncthreads();
}

// Vectors are spread so that neither a thread's own four nor a row of 32 meet in one bank.
__device__ __forceinline__ int spread(int slot) { return slot ^ (slot >> 3 & 7); }

// Puts `vector` at bytes [at, at + 16) of the tensor, of which there are `bytes`; or counts the
// bytes there that differ.
__device__ __forceinline__ std::uint32_t put(std::uint64_t data, std::uint64_t at_byte,
                                             std::uint64_t bytes, const uint4& vector,
                                             bool counting) {
  if (at_byte + 16 <= bytes) {
    uint4* const place = at<uint4>(data + at_byte);
    if (counting) return different_bytes(*place, vector);
    *place = vector;
    return 0;
  }
  std::uint32_t changed = 0;
  const std::uint32_t words[4] = {vector.x, vector.y, vector.z, vector.w};
  AISP_UNROLL
  for (int i = 0; i < 16; ++i) {
    if (at_byte + i >= bytes) break;
    const auto byte = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
    std::uint8_t* const place = at<std::uint8_t>(data + at_byte + i);
    if (counting)
      changed += *place != byte;
    else
      *place = byte;
  }
  return changed;
}

// Stores the 32 * kVectors vectors of a warp, kVectors in a row from each lane.
template <int kVectors>
__device__ __forceinline__ std::uint32_t put_warp(uint4* staging, const uint4 (&mine)[kVectors],
                                                  std::uint64_t data, std::uint64_t first_byte,
                                                  std::uint64_t bytes, bool counting) {
  const int lane = static_cast<int>(threadIdx.x % 32);
  if constexpr (kVectors == 1) {
    return put(data, first_byte + 16u * lane, bytes, mine[0], counting);
  } else {
    AISP_UNROLL
    for (int j = 0; j < kVectors; ++j) staging[spread(lane * kVectors + j)] = mine[j];
    __syncwarp();
    std::uint32_t changed = 0;
    AISP_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      const int slot = j * 32 + lane;
      changed += put(data, first_byte + 16u * slot, bytes, staging[spread(slot)], counting);
    }
    __syncwarp();
    return changed;
  }
}

// Packs kCount components of kSize bytes into vectors.
template <int kSize, int kCount>
struct Packed {
  static constexpr int kVectors = kSize * kCount < 16 ? 1 : kSize * kCount / 16;
  std::uint32_t words[kVectors * 4] = {};

  __device__ __forceinline__ void set(int i, std::uint64_t bits) {
    if constexpr (kSize == 8) {
      words[2 * i] = static_cast<std::uint32_t>(bits);
      words[2 * i + 1] = static_cast<std::uint32_t>(bits >> 32);
    } else if constexpr (kSize == 4) {
      words[i] = static_cast<std::uint32_t>(bits);
    } else {
      constexpr int kPerWord = 4 / kSize;
      constexpr std::uint32_t kMask = (1u << (8 * kSize)) - 1;
      words[i / kPerWord] |= (static_cast<std::uint32_t>(bits) & kMask)
                             << (8 * kSize * (i % kPerWord));
    }
  }
};

struct Warp {
  uint4* staging;
  std::uint64_t data;
  std::uint64_t bytes;
  std::uint64_t first_block;  // of lane 0
  bool counting;
};

// Draws kCount components of every lane with `draw(k)` and puts them in place.
template <Dtype kDtype, int kCount, class DrawOne>
__device__ __forceinline__ std::uint32_t put_drawn(const Warp& warp, const DrawOne& draw) {
  constexpr int kSize = component_size(kDtype);
  Packed<kSize, kCount> packed;
  AISP_UNROLL
  for (int k = 0; k < kCount; ++k) packed.set(k, draw(k));
  const std::uint64_t first_byte = warp.first_block * (kSize * kCount);
  if constexpr (kSize * kCount >= 16) {
    uint4 vectors[Packed<kSize, kCount>::kVectors];
    AISP_UNROLL
    for (int j = 0; j < Packed<kSize, kCount>::kVectors; ++j)
      vectors[j] = make_uint4(packed.words[4 * j], packed.words[4 * j + 1], packed.words[4 * j + 2],
                              packed.words[4 * j + 3]);
    return put_warp(warp.staging, vectors, warp.data, first_byte, warp.bytes, warp.counting);
  } else {
    // Eight bytes a lane: two lanes make a vector, and the even one stores it.
    const std::uint32_t x = __shfl_down_sync(0xffffffffu, packed.words[0], 1);
    const std::uint32_t y = __shfl_down_sync(0xffffffffu, packed.words[1], 1);
    if (threadIdx.x % 2 != 0) return 0;
    return put(warp.data, first_byte + 8u * (threadIdx.x % 32), warp.bytes,
               make_uint4(packed.words[0], packed.words[1], x, y), warp.counting);
  }
}

template <Dtype kDtype>
__device__ __forceinline__ std::uint32_t draw_block(const FillJob& job, const Warp& warp,
                                                    const std::uint32_t (&words)[16],
                                                    const float* base, const float* slope) {
  if (job.draw == Draw::integers32)
    return put_drawn<kDtype, 16>(
        warp, [&](int k) { return stored_integer(kDtype, integer32(words[k], job)); });
  if (job.draw == Draw::integers64)
    return put_drawn<kDtype, 8>(
        warp, [&](int k) { return stored_integer(kDtype, integer64(word64(words, k), job)); });
  if constexpr (kDtype == Dtype::boolean) {
    return put_drawn<kDtype, 16>(warp, [&](int k) { return words[k] >> 31; });
  } else if constexpr (is_drawn_as_float(kDtype)) {
    const PlaceOf<float>& f = job.as_float;
    switch (job.draw) {
      case Draw::normal:
        if (job.bounded)
          return put_drawn<kDtype, 16>(warp, [&](int k) {
            return stored_float(kDtype, normal32<true>(words[k], f, base, slope));
          });
        return put_drawn<kDtype, 16>(warp, [&](int k) {
          return stored_float(kDtype, normal32<false>(words[k], f, base, slope));
        });
      case Draw::heavy_tailed:
        return put_drawn<kDtype, 16>(warp, [&](int k) {
          return stored_float(kDtype, heavy_tailed32(words[k], f, job.octaves32));
        });
      default:
        if (job.bounded)
          return put_drawn<kDtype, 16>(
              warp, [&](int k) { return stored_float(kDtype, uniform32<true>(words[k], f)); });
        return put_drawn<kDtype, 16>(
            warp, [&](int k) { return stored_float(kDtype, uniform32<false>(words[k], f)); });
    }
  } else {
    return put_drawn<kDtype, 8>(warp, [&](int k) {
      return stored_double(kDtype, drawn_double(job, word64(words, k), base, slope), job);
    });
  }
}

// Grid: x over a set's ChaCha blocks, y over sets. Whole warps.
template <Dtype kDtype>
__device__ __forceinline__ void fill_contiguous(const FillJob& job) {
  // fill_staging_bytes(): a warp's 32 * 16 components.
  constexpr int kMostVectors = component_size(kDtype);
  extern __shared__ uint4 staging[];
  __shared__ float base[kNormalSegments];
  __shared__ float slope[kNormalSegments];
  load_table(job, base, slope);

  const std::uint32_t per_block = components_of_block(kDtype, job.draw);
  const std::uint64_t blocks = (job.components + per_block - 1) / per_block;
  const std::uint32_t lane = threadIdx.x % 32;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    Warp warp;
    warp.staging = staging + threadIdx.x / 32 * (32 * kMostVectors);
    warp.data = job.data + set * job.data_stride;
    warp.bytes = job.components * component_size(kDtype);
    warp.counting = job.counts != 0;
    const std::uint64_t nonce = job.nonce + set * job.nonce_stride;
    std::uint64_t changed = 0;
    warp.first_block = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x - lane;
    for (; warp.first_block < blocks;
         warp.first_block += static_cast<std::uint64_t>(gridDim.x) * blockDim.x) {
      std::uint32_t words[16];
      chacha_block(job.key, nonce, warp.first_block + lane, words);
      changed += draw_block<kDtype>(job, warp, words, base, slope);
    }
    if (job.counts != 0) add_to_total(changed, at<std::uint64_t>(job.counts) + set);
  }
}

// A run's components as they are drawn: bits of floats or doubles, or what is stored.
template <class Real, class Bits>
__device__ __forceinline__ void add_structure(std::uint64_t* drawn, const Structure& s,
                                              Real greatest) {
  const std::uint64_t first = drawn[s.equal];
  __syncthreads();
  for (std::uint32_t i = s.equal + threadIdx.x; i < s.equal_end; i += blockDim.x) drawn[i] = first;
  __syncthreads();
  if (threadIdx.x == 0) {
    const Real value = __builtin_bit_cast(Real, static_cast<Bits>(drawn[s.large]));
    drawn[s.large] = bits_of(enlarged(value, greatest));
  }
  __syncthreads();
  for (std::uint32_t i = s.zero + threadIdx.x; i < s.zero_end; i += blockDim.x) drawn[i] = 0;
}

}  // namespace

// Grid: x over a set's runs, y over sets.
extern "C" __global__ void __launch_bounds__(kFillRunThreads)
    fill_run(const __grid_constant__ FillJob job) {
  __shared__ std::uint64_t drawn[kRunComponents];
  __shared__ std::uint64_t structure_word;
  __shared__ float base[kNormalSegments];
  __shared__ float slope[kNormalSegments];
  load_table(job, base, slope);

  const std::uint32_t per_block = components_of_block(job.dtype, job.draw);
  const std::uint32_t size = component_size(job.dtype);
  const std::uint64_t runs = (job.components + kRunComponents - 1) / kRunComponents;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    const std::uint64_t data = job.data + set * job.data_stride;
    const std::uint64_t nonce = job.nonce + set * job.nonce_stride;
    std::uint64_t changed = 0;
    for (std::uint64_t run = blockIdx.x; run < runs; run += gridDim.x) {
      const std::uint64_t first = run * kRunComponents;
      const std::uint32_t n = static_cast<std::uint32_t>(
          job.components - first < kRunComponents ? job.components - first : kRunComponents);
      for (std::uint32_t b = threadIdx.x; b * per_block < n; b += blockDim.x) {
        std::uint32_t words[16];
        chacha_block(job.key, nonce, first / per_block + b, words);
        AISP_UNROLL
        for (std::uint32_t k = 0; k < 16; ++k)
          if (k < per_block)
            drawn[b * per_block + k] = drawn_bits(job, words, k < per_block ? k : 0, base, slope);
      }
      if (job.structured && threadIdx.x == 0) {
        std::uint32_t words[16];
        chacha_block(job.key, nonce, kStructureBlock + run / 8, words);
        std::uint64_t chosen = 0;
        AISP_UNROLL
        for (std::uint32_t k = 0; k < 8; ++k)
          if (k == run % 8) chosen = word64(words, k);
        structure_word = chosen;
      }
      __syncthreads();
      if (job.structured) {
        const Structure s = structure_of(structure_word, n);
        if (is_drawn_as_float(job.dtype))
          add_structure<float, std::uint32_t>(drawn, s, static_cast<float>(job.greatest));
        else
          add_structure<double, std::uint64_t>(drawn, s, 1.7976931348623157e308);
        __syncthreads();
      }
      for (std::uint32_t i = threadIdx.x; i < n; i += blockDim.x) {
        const std::uint64_t bits = stored_bits(job, drawn[i]);
        const std::uint64_t component = first + i;
        const std::uint64_t element = storage_place(job.layout, component / job.per_element);
        const std::uint64_t address =
            data + (element * job.per_element + component % job.per_element) * size;
        if (job.counts == 0) {
          store_bits(address, size, bits);
        } else {
          const std::uint64_t mask = size == 8 ? ~0ull : (1ull << (8 * size)) - 1;
          const std::uint64_t difference = (load_bits(address, size) ^ bits) & mask;
          changed += nonzero_bytes(static_cast<std::uint32_t>(difference)) +
                     nonzero_bytes(static_cast<std::uint32_t>(difference >> 32));
        }
      }
      __syncthreads();
    }
    if (job.counts != 0) add_to_total(changed, at<std::uint64_t>(job.counts) + set);
  }
}

#define AISP_FILL(name, dtype)                              \
  extern "C" __global__ void __launch_bounds__(kThreads, 4) \
      fill_##name(const __grid_constant__ FillJob job) {    \
    fill_contiguous<Dtype::dtype>(job);                     \
  }
AISP_FILL(fp64, fp64)
AISP_FILL(fp32, fp32)
AISP_FILL(tf32, tf32)
AISP_FILL(fp16, fp16)
AISP_FILL(bf16, bf16)
AISP_FILL(fp8_e4m3, fp8_e4m3)
AISP_FILL(fp8_e5m2, fp8_e5m2)
AISP_FILL(int8, int8)
AISP_FILL(int16, int16)
AISP_FILL(int32, int32)
AISP_FILL(int64, int64)
AISP_FILL(uint8, uint8)
AISP_FILL(bool, boolean)
#undef AISP_FILL

}  // namespace aisp::cuda
