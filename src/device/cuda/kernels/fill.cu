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
#include <type_traits>

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

// Puts `vector` in its place, or counts the bytes there that differ.
template <bool kCounting>
__device__ __forceinline__ std::uint32_t put(uint4* place, const uint4& vector) {
  if constexpr (kCounting) return different_bytes(__ldcs(place), vector);
  __stwb(place, vector);
  return 0;
}

// The 32 * kVectors vectors of a warp from `place` on, kVectors in a row from each lane.
template <bool kCounting, int kVectors>
__device__ __forceinline__ std::uint32_t put_warp(uint4* staging, const uint4 (&mine)[kVectors],
                                                  uint4* place) {
  const int lane = static_cast<int>(threadIdx.x % 32);
  if constexpr (kVectors == 1) {
    return put<kCounting>(place + lane, mine[0]);
  } else {
    AISP_UNROLL
    for (int j = 0; j < kVectors; ++j) staging[spread(lane * kVectors + j)] = mine[j];
    __syncwarp();
    std::uint32_t changed = 0;
    AISP_UNROLL
    for (int j = 0; j < kVectors; ++j)
      changed += put<kCounting>(place + j * 32 + lane, staging[spread(j * 32 + lane)]);
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

// The bits of two components, `low` in the lower half: stored_float() of each, by one instruction where
// there is one. It rounds to nearest even too, also to subnormals; values are within the dtype's range.
template <Dtype kDtype>
__device__ __forceinline__ std::uint32_t stored_pair(float low, float high) {
  std::uint32_t pair = 0;
  [[maybe_unused]] std::uint16_t narrow = 0;
  if constexpr (kDtype == Dtype::fp16) {
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  } else if constexpr (kDtype == Dtype::bf16) {
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#if __CUDA_ARCH__ >= 890
  } else if constexpr (kDtype == Dtype::fp8_e4m3) {
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(narrow) : "f"(high), "f"(low));
    pair = narrow;
  } else if constexpr (kDtype == Dtype::fp8_e5m2) {
    asm("cvt.rn.satfinite.e5m2x2.f32 %0, %1, %2;" : "=h"(narrow) : "f"(high), "f"(low));
    pair = narrow;
#endif
  } else {
    pair = stored_float(kDtype, low) | stored_float(kDtype, high) << (8 * component_size(kDtype));
  }
  return pair;
}

// Draws kCount components of every lane with `draw(k)`, floats that are yet to be rounded or the bits
// that are stored, and puts them in place; `data` is where lane 0's begin.
template <Dtype kDtype, bool kCounting, int kCount, class DrawOne>
__device__ __forceinline__ std::uint32_t put_drawn(uint4* staging, std::uint64_t data,
                                                   const DrawOne& draw) {
  constexpr int kSize = component_size(kDtype);
  Packed<kSize, kCount> packed;
  if constexpr (std::is_same_v<decltype(draw(0)), float> && kSize == 2) {
    AISP_UNROLL
    for (int k = 0; k < kCount; k += 2)
      packed.words[k / 2] = stored_pair<kDtype>(draw(k), draw(k + 1));
  } else if constexpr (std::is_same_v<decltype(draw(0)), float> && kSize == 1) {
    AISP_UNROLL
    for (int k = 0; k < kCount; k += 4)
      packed.words[k / 4] = stored_pair<kDtype>(draw(k), draw(k + 1)) |
                            stored_pair<kDtype>(draw(k + 2), draw(k + 3)) << 16;
  } else if constexpr (std::is_same_v<decltype(draw(0)), float>) {
    AISP_UNROLL
    for (int k = 0; k < kCount; ++k) packed.set(k, stored_float(kDtype, draw(k)));
  } else {
    AISP_UNROLL
    for (int k = 0; k < kCount; ++k) packed.set(k, draw(k));
  }
  if constexpr (kSize * kCount >= 16) {
    uint4 vectors[Packed<kSize, kCount>::kVectors];
    AISP_UNROLL
    for (int j = 0; j < Packed<kSize, kCount>::kVectors; ++j)
      vectors[j] = make_uint4(packed.words[4 * j], packed.words[4 * j + 1], packed.words[4 * j + 2],
                              packed.words[4 * j + 3]);
    return put_warp<kCounting>(staging, vectors, at<uint4>(data));
  } else {
    // Eight bytes a lane: two lanes make a vector, and the even one stores it.
    const std::uint32_t x = __shfl_down_sync(0xffffffffu, packed.words[0], 1);
    const std::uint32_t y = __shfl_down_sync(0xffffffffu, packed.words[1], 1);
    if (threadIdx.x % 2 != 0) return 0;
    return put<kCounting>(at<uint4>(data) + threadIdx.x % 32 / 2,
                          make_uint4(packed.words[0], packed.words[1], x, y));
  }
}

// A warp's share of a set's blocks, as far as whole warps have work: put(staging, data, words), one ChaCha
// block a lane after the other. Nothing else is in the loop, which decides how fast it is.
template <Dtype kDtype, bool kCounting, std::uint32_t kOfABlock, class Put>
__device__ __forceinline__ std::uint64_t draw_whole_warps(const FillJob& job, const Put& put) {
  extern __shared__ uint4 staging[];
  constexpr std::uint32_t kBlockBytes = kOfABlock * component_size(kDtype);
  constexpr int kMostVectors = component_size(kDtype);  // of 16 components: fill_staging_bytes
  const std::uint32_t lane = threadIdx.x % 32, set = blockIdx.y;
  const auto blocks = static_cast<std::uint32_t>(job.components / (32 * kOfABlock)) * 32;
  const std::uint64_t nonce = job.nonce + set * job.nonce_stride;
  const std::uint64_t data = job.data + set * job.data_stride;
  uint4* const mine = staging + threadIdx.x / 32 * (32 * kMostVectors);
  std::uint64_t changed = 0;
  for (std::uint32_t first = blockIdx.x * blockDim.x + threadIdx.x - lane; first < blocks;
       first += gridDim.x * blockDim.x) {
    const std::uint64_t place = data + std::uint64_t{first} * kBlockBytes;
    if constexpr (kCounting)  // on its way while the rounds go
      asm volatile("prefetch.global.L2 [%0];" ::"l"(place + lane * kBlockBytes));
    std::uint32_t words[16];
    chacha_block(job.key, nonce, first + lane, words);
    changed += put(mine, place, words);
  }
  return changed;
}

// The last blocks of a set, fewer than a warp's: by the first warp of the set, component by component.
template <Dtype kDtype>
__device__ __noinline__ std::uint64_t draw_end(const FillJob& job, std::uint32_t of_a_block,
                                               const float* base, const float* slope) {
  constexpr std::uint32_t kSize = component_size(kDtype);
  const std::uint32_t set = blockIdx.y;
  const std::uint64_t data = job.data + set * job.data_stride;
  const std::uint64_t whole = job.components / (32 * of_a_block) * 32;
  const std::uint64_t first = (whole + threadIdx.x) * of_a_block;
  if (first >= job.components) return 0;
  std::uint32_t words[16];
  chacha_block(job.key, job.nonce + set * job.nonce_stride, whole + threadIdx.x, words);
  std::uint64_t changed = 0;
  AISP_UNROLL
  for (std::uint32_t k = 0; k < 16; ++k) {
    if (k >= of_a_block || first + k >= job.components) continue;
    const std::uint64_t bits =
        stored_bits(job, drawn_bits(job, words, k < of_a_block ? k : 0, base, slope));
    const std::uint64_t address = data + (first + k) * kSize;
    if (job.counts != 0)
      changed += different_component_bytes(load_bits(address, kSize), bits, kSize);
    else
      store_bits(address, kSize, bits);
  }
  return changed;
}

// Grid: x over a set's ChaCha blocks, y is the set. Whole warps. A loop for each draw, so that each has
// the registers that it needs; and 32 bits count blocks, so that what all of a set's blocks have in common
// is worked out once.
template <Dtype kDtype>
__device__ __forceinline__ void fill_contiguous(const FillJob& job) {
  __shared__ float base[kNormalSegments];
  __shared__ float slope[kNormalSegments];
  load_table(job, base, slope);
  using Words = const std::uint32_t(&)[16];

  std::uint64_t changed = 0;
  // draw(word) of 16 words of 32 bits, or of 8 of 64.
  const auto of_32 = [&](const auto& draw) {
    if (job.counts == 0)
      draw_whole_warps<kDtype, false, 16>(job, [&](uint4* s, std::uint64_t data, Words words) {
        return put_drawn<kDtype, false, 16>(s, data, [&](int k) { return draw(words[k]); });
      });
    else
      changed +=
          draw_whole_warps<kDtype, true, 16>(job, [&](uint4* s, std::uint64_t data, Words words) {
            return put_drawn<kDtype, true, 16>(s, data, [&](int k) { return draw(words[k]); });
          });
  };
  const auto of_64 = [&](const auto& draw) {
    if (job.counts == 0)
      draw_whole_warps<kDtype, false, 8>(job, [&](uint4* s, std::uint64_t data, Words words) {
        return put_drawn<kDtype, false, 8>(s, data, [&](int k) { return draw(word64(words, k)); });
      });
    else
      changed += draw_whole_warps<kDtype, true, 8>(job, [&](uint4* s, std::uint64_t data,
                                                            Words words) {
        return put_drawn<kDtype, true, 8>(s, data, [&](int k) { return draw(word64(words, k)); });
      });
  };

  if (job.draw == Draw::integers32) {
    of_32([&](std::uint32_t w) { return stored_integer(kDtype, integer32(w, job)); });
  } else if (job.draw == Draw::integers64) {
    of_64([&](std::uint64_t w) { return stored_integer(kDtype, integer64(w, job)); });
  } else if constexpr (kDtype == Dtype::boolean) {
    of_32([](std::uint32_t w) { return w >> 31; });
  } else if constexpr (is_drawn_as_float(kDtype)) {
    const PlaceOf<float>& f = job.as_float;
    if (job.draw == Draw::normal && job.bounded)
      of_32([&](std::uint32_t w) { return normal32<true>(w, f, base, slope); });
    else if (job.draw == Draw::normal)
      of_32([&](std::uint32_t w) { return normal32<false>(w, f, base, slope); });
    else if (job.draw == Draw::heavy_tailed)
      of_32([&](std::uint32_t w) { return heavy_tailed32(w, f, job.octaves32); });
    else if (job.bounded)
      of_32([&](std::uint32_t w) { return uniform32<true>(w, f); });
    else
      of_32([&](std::uint32_t w) { return uniform32<false>(w, f); });
  } else {
    const PlaceOf<double>& f = job.as_double;
    const auto stored = [&](double value) { return stored_double(kDtype, value, job); };
    if (job.draw == Draw::uniform && !job.bounded)
      of_64([&](std::uint64_t w) { return stored(uniform64<false>(w, f)); });
    else if (job.draw == Draw::normal && !job.bounded)
      of_64([&](std::uint64_t w) { return stored(normal64<false>(w, f, base, slope)); });
    else
      of_64([&](std::uint64_t w) { return stored(drawn_double(job, w, base, slope)); });
  }

  if (blockIdx.x == 0 && threadIdx.x < 32)
    changed += draw_end<kDtype>(job, components_of_block(kDtype, job.draw), base, slope);
  if (job.counts != 0) add_to_total(changed, at<std::uint64_t>(job.counts) + blockIdx.y);
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

// Grid: x over a set's runs (`structured`: over eight of them, whose words share a ChaCha block), y
// over sets.
extern "C" __global__ void __launch_bounds__(kFillRunThreads)
    fill_run(const __grid_constant__ FillJob job) {
  __shared__ std::uint64_t drawn[kRunComponents];
  __shared__ std::uint64_t structure_words[kRunsOfStructureBlock];
  __shared__ float base[kNormalSegments];
  __shared__ float slope[kNormalSegments];
  load_table(job, base, slope);

  const std::uint32_t per_block = components_of_block(job.dtype, job.draw);
  const std::uint32_t size = component_size(job.dtype);
  const std::uint32_t complex = job.per_element - 1;  // one or two components make an element
  const std::uint64_t runs = (job.components + kRunComponents - 1) / kRunComponents;
  const std::uint64_t runs_at_once = job.structured ? kRunsOfStructureBlock : 1;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    const std::uint64_t data = job.data + set * job.data_stride;
    const std::uint64_t nonce = job.nonce + set * job.nonce_stride;
    std::uint64_t changed = 0;
    for (std::uint64_t from = blockIdx.x * runs_at_once; from < runs;
         from += gridDim.x * runs_at_once) {
      if (job.structured && threadIdx.x == 0) {
        std::uint32_t words[16];
        chacha_block(job.key, nonce, kStructureBlock + from / kRunsOfStructureBlock, words);
        AISP_UNROLL
        for (std::uint32_t k = 0; k < kRunsOfStructureBlock; ++k)
          structure_words[k] = word64(words, k);
      }
      for (std::uint64_t run = from; run < runs && run < from + runs_at_once; ++run) {
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
        __syncthreads();
        if (job.structured) {
          const Structure s = structure_of(structure_words[run - from], n);
          if (is_drawn_as_float(job.dtype))
            add_structure<float, std::uint32_t>(drawn, s, static_cast<float>(job.greatest));
          else
            add_structure<double, std::uint64_t>(drawn, s, 1.7976931348623157e308);
          __syncthreads();
        }
        for (std::uint32_t i = threadIdx.x; i < n; i += blockDim.x) {
          const std::uint64_t bits = stored_bits(job, drawn[i]);
          const std::uint64_t component = first + i;
          const std::uint64_t element = storage_place(job.layout, component >> complex);
          const std::uint64_t address =
              data + ((element << complex) + (component & complex)) * size;
          if (job.counts == 0) {
            store_bits(address, size, bits);
          } else {
            changed += different_component_bytes(load_bits(address, size), bits, size);
          }
        }
        __syncthreads();
      }
    }
    if (job.counts != 0) add_to_total(changed, at<std::uint64_t>(job.counts) + set);
  }
}

#define AISP_FILL(name, dtype)                              \
  extern "C" __global__ void __launch_bounds__(kThreads, 5) \
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
