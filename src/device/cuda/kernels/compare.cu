// Compares outputs with what is wanted: one pass over both, every element judged by compare_rule.h.
//
// compare_<dtype>_same:      want is of the same dtype and layout
// compare_<dtype>_expected:  want is contiguous double or std::int64_t
// sum_want_<dtype>:          goes before them where a tolerance is relative to RMS(want)
//
// Contiguous tensors go through registers in chunks: elements that are plainly right (finite,
// within the tolerance, not flushed to zero) add to a few sums there, others go to judge_*, out of
// line. Sums are added up in an order that depends on the tensor alone. Strided tensors go element
// by element.
//
// Grid: x over a set's elements, y over sets. The last block of a set to end adds up what all of
// them have seen.
#include <cstdint>
#include <cstring>

#include "device/cuda/kernels/compare_job.h"
#include "device/cuda/kernels/compare_rule.h"
#include "device/cuda/kernels/device_stats.h"
#include "device/cuda/kernels/memory.h"

namespace aisp::cuda {
namespace {

constexpr std::uint32_t kWarps = kCompareThreads / 32;
constexpr std::uint32_t kAllLanes = 0xffffffffu;

// --- chunks ---------------------------------------------------------------------------------

template <Dtype kDtype, bool kSame>
struct Shape {
  static constexpr std::uint32_t kComponent = bytes_of_component(kDtype);
  static constexpr std::uint32_t kPerElement = is_complex_type(kDtype) ? 2 : 1;
  static constexpr std::uint32_t kElement = kComponent * kPerElement;
  static constexpr std::uint32_t kWantElement = kSame ? kElement : 8 * kPerElement;
  // Whole 8-byte words of poison; as little else as fills a load of what is wanted.
  static constexpr std::uint32_t kBytes = kSame || kElement >= 8 ? 16 : 8;
  static constexpr std::uint32_t kCount = kBytes / kElement;  // elements
  static constexpr std::uint32_t kWords = kBytes / 4;
  static constexpr std::uint32_t kWantWords = kCount * kWantElement / 4;
  // Chunks on their way at once: 128 bytes a thread.
  static constexpr std::uint32_t kUnroll =
      kWords + kWantWords <= 8    ? (kSame && kElement <= 2 && !is_integer_type(kDtype) ? 2 : 4)
      : kWords + kWantWords <= 16 ? 2
                                  : 1;
};

// Whether errors may be so small that their product with a ratio underflows.
template <Dtype kDtype, bool kSame>
__device__ constexpr bool may_be_tiny() {
  return !kSame || bytes_of_component(kDtype) == 8;
}

template <std::uint32_t kWords>
__device__ __forceinline__ void load_words(std::uint64_t address, std::uint32_t (&words)[kWords]) {
  if constexpr (kWords == 2) {
    const uint2 v = __ldcs(at<const uint2>(address));
    words[0] = v.x, words[1] = v.y;
  } else {
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kWords / 4; ++i) {
      const uint4 v = __ldcs(at<const uint4>(address) + i);
      words[4 * i] = v.x, words[4 * i + 1] = v.y, words[4 * i + 2] = v.z, words[4 * i + 3] = v.w;
    }
  }
}

// Component i of a chunk.
template <std::uint32_t kComponent>
__device__ __forceinline__ std::uint64_t component_bits(const std::uint32_t* words,
                                                        std::uint32_t i) {
  if constexpr (kComponent == 8)
    return static_cast<std::uint64_t>(words[2 * i + 1]) << 32 | words[2 * i];
  else if constexpr (kComponent == 4)
    return words[i];
  else
    return words[i * kComponent / 4] >> (8 * kComponent * (i % (4 / kComponent))) &
           ((1u << (8 * kComponent)) - 1);
}

// Blocks of a comparison with the same dtype that share a multiprocessor; registers are shared out
// accordingly. Of 2 with four chunks on their way and 3 with two, measured: 150 and 155 us for 2 x 256 MiB
// of fp32, 321 and 245 of bf16 that is inexact.
constexpr std::uint32_t blocks_at_once(Dtype d) {
  return !is_integer_type(d) && bytes_of_component(d) <= 2 ? 3 : 2;
}

// --- what threads keep ----------------------------------------------------------------------

// In registers: of elements that are plainly right. `tally` is of the others.
struct Seen {
  double error_sum_squares = 0, want_sum_squares = 0, max_abs_error = 0, max_ratio = 0;
  float max_float_error = 0;  // of types that float holds
  std::uint64_t worst_index = kNoIndex;
  std::uint64_t integer_squares = 0;  // of wanted integers of 16 and 8 bits
  std::uint32_t stale = 0;            // bytes
  std::uint32_t got_differs = 0, want_differs = 0;
};

// What the threads of a block share.
struct Shared {
  Limits limits;
  float least_base, least_rtol;   // a little below those of `limits`; NaN: nothing is plain
  unsigned long long best_ratio;  // bits of the largest ratio so far
  ComparePartial warps[kWarps];
  bool last;
};

__device__ __noinline__ void judge_real_apart(Tally& tally, const Limits& limits,
                                              std::uint64_t index, double got, double want) {
  judge_real(tally, limits, index, got, want);
}
__device__ __noinline__ void judge_complex_apart(Tally& tally, const Limits& limits,
                                                 std::uint64_t index, double got_re, double got_im,
                                                 double want_re, double want_im) {
  const double got[2] = {got_re, got_im}, want[2] = {want_re, want_im};
  judge_complex(tally, limits, index, got, want);
}
__device__ __noinline__ void judge_integer_apart(Tally& tally, const Limits& limits,
                                                 std::uint64_t index, std::int64_t got,
                                                 std::int64_t want) {
  judge_integer(tally, limits, index, got, want);
}

// A ratio that every larger or equal one exceeds also after rounding.
__device__ __forceinline__ double lowered(double ratio) {
  return ratio < 1e-280 ? 0 : ratio * (1 - 0x1p-50);
}

// `threshold` spares most elements the division: only those beyond it can have the largest ratio.
template <bool kTiny>
__device__ __forceinline__ void look_at_ratio(Seen& seen, Shared& shared, double threshold,
                                              double error, double allowed, std::uint64_t index) {
  double bar = product(threshold, allowed);
  if constexpr (kTiny) bar = bar < 1e-290 ? 0 : bar;
  if (!(error > bar)) return;
  const double ratio = error / allowed;
  if (!(ratio > seen.max_ratio)) return;
  seen.max_ratio = ratio;
  seen.worst_index = index;
  atomicMax(&shared.best_ratio, static_cast<unsigned long long>(bits_of(ratio)));
}

// --- judging a chunk ------------------------------------------------------------------------

// The type in which a component compares fastest without loss.
template <Dtype kDtype>
__device__ __forceinline__ auto fast_value(std::uint64_t bits) {
  if constexpr (bytes_of_component(kDtype) == 8)
    return double_of(bits);
  else
    return decoded_float(kDtype, static_cast<std::uint32_t>(bits));
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ auto fast_want(const std::uint32_t* words, std::uint32_t i) {
  if constexpr (kSame)
    return fast_value<kDtype>(component_bits<bytes_of_component(kDtype)>(words, i));
  else
    return double_of(component_bits<8>(words, i));
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void judge_reals(Seen& seen, Tally& tally, Shared& shared, double base,
                                            double rtol, double threshold, std::uint64_t first,
                                            const std::uint32_t* got_words,
                                            const std::uint32_t* want_words) {
  using S = Shape<kDtype, kSame>;
  constexpr std::uint32_t kGroup = S::kCount < 4 ? S::kCount : 4;
  AISP_UNROLL
  for (std::uint32_t begin = 0; begin < S::kCount; begin += kGroup) {
    double error[kGroup], size[kGroup], allowed[kGroup];
    bool plain = true;
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      const auto g = fast_value<kDtype>(component_bits<S::kComponent>(got_words, begin + i));
      const auto w = fast_want<kDtype, kSame>(want_words, begin + i);
      error[i] = fabs(static_cast<double>(g) - static_cast<double>(w));
      size[i] = fabs(static_cast<double>(w));
      allowed[i] = sum(base, product(rtol, size[i]));
      // Holds for no NaN and no infinity. A zero may be a flushed denormal.
      plain &= error[i] <= allowed[i] && allowed[i] <= largest_double();
      plain &= !(g == 0 && w != 0);
    }
    if (plain) {
      AISP_UNROLL
      for (std::uint32_t i = 0; i < kGroup; ++i) {
        seen.error_sum_squares = fma(error[i], error[i], seen.error_sum_squares);
        seen.want_sum_squares = fma(size[i], size[i], seen.want_sum_squares);
        seen.max_abs_error = larger(seen.max_abs_error, error[i]);
        look_at_ratio<may_be_tiny<kDtype, kSame>()>(seen, shared, threshold, error[i], allowed[i],
                                                    first + begin + i);
      }
    } else {
      AISP_UNROLL
      for (std::uint32_t i = 0; i < kGroup; ++i)
        judge_real_apart(tally, shared.limits, first + begin + i,
                         fast_value<kDtype>(component_bits<S::kComponent>(got_words, begin + i)),
                         fast_want<kDtype, kSame>(want_words, begin + i));
    }
  }
}

// Types that float holds. What is decided in fp32 is decided a little too strictly, and what fails there is
// judged in double: an element that is plainly right costs one conversion to double and one operation in it
// where it is equal, two of each where it is not. (All of it in double took 8 to 10 operations of 64 a
// cycle, and halved the rate of 16-bit types, whose bytes come with twice as many elements.)
template <Dtype kDtype, bool kSame>
__device__ constexpr bool is_judged_as_float() {
  return kSame && !is_integer_type(kDtype) && bytes_of_component(kDtype) <= 4;
}

// The two elements of the lower half of `bits` (8-bit types) or of all of it, by the instructions that
// there are; exact, infinities and NaN as such.
template <Dtype kDtype>
__device__ __forceinline__ void decode_pair(std::uint32_t bits, float& low, float& high) {
  if constexpr (kDtype == Dtype::bf16) {
    low = float_of(bits << 16);
    high = float_of(bits & 0xffff0000u);
    return;
  }
  std::uint32_t halves = bits;
#if __CUDA_ARCH__ >= 890
  if constexpr (kDtype == Dtype::fp8_e4m3)
    asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(halves) : "h"(static_cast<std::uint16_t>(bits)));
  if constexpr (kDtype == Dtype::fp8_e5m2)
    asm("cvt.rn.f16x2.e5m2x2 %0, %1;" : "=r"(halves) : "h"(static_cast<std::uint16_t>(bits)));
#else
  if constexpr (bytes_of_component(kDtype) == 1) {
    low = decoded_float(kDtype, bits & 0xffu);
    high = decoded_float(kDtype, bits >> 8 & 0xffu);
    return;
  }
#endif
  asm("{.reg .b16 l, h;\n mov.b32 {l, h}, %2;\n cvt.f32.f16 %0, l;\n cvt.f32.f16 %1, h;}"
      : "=f"(low), "=f"(high)
      : "r"(halves));
}

// Whether fp32 held the difference `error` of finite values without rounding it: the difference is a
// multiple of the smaller one's last place, and 24 bits have room for it.
template <Dtype kDtype>
__device__ __forceinline__ bool is_exact_difference(float error, float got, float want) {
  if constexpr (bytes_of_component(kDtype) == 4)
    return error <= fminf(fabsf(got), fabsf(want));
  else if constexpr (kDtype == Dtype::bf16)
    return error * 0x1p-14f <= fminf(fabsf(got), fabsf(want));
  else if constexpr (kDtype == Dtype::fp8_e4m3)
    return true;  // multiples of 2^-9 up to 2^10
  else
    return error < (kDtype == Dtype::fp16 ? 1.0f : 256.0f);  // multiples of 2^-24, 2^-16
}

template <Dtype kDtype>
__device__ __forceinline__ void judge_floats(Seen& seen, Tally& tally, Shared& shared,
                                             double threshold, std::uint64_t first,
                                             const std::uint32_t* got_words,
                                             const std::uint32_t* want_words) {
  using S = Shape<kDtype, true>;
  constexpr std::uint32_t kGroup = 4;
  const float base = shared.least_base, rtol = shared.least_rtol;
  const float least_threshold = __double2float_rd((1 - 0x1p-20) * threshold);
  AISP_UNROLL
  for (std::uint32_t begin = 0; begin < S::kCount; begin += kGroup) {
    float got[kGroup], want[kGroup], error[kGroup], allowed[kGroup];
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kGroup; i += 2) {
      if constexpr (S::kComponent == 4) {
        for (std::uint32_t k = i; k < i + 2; ++k) {
          got[k] = decoded_float(kDtype, got_words[begin + k]);
          want[k] = decoded_float(kDtype, want_words[begin + k]);
        }
      } else {
        const std::uint32_t at_bit = (begin + i) * 8 * S::kComponent;
        decode_pair<kDtype>(got_words[at_bit / 32] >> at_bit % 32, got[i], got[i + 1]);
        decode_pair<kDtype>(want_words[at_bit / 32] >> at_bit % 32, want[i], want[i + 1]);
      }
    }
    bool plain = true;
    float most = 0;
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      error[i] = fabsf(got[i] - want[i]);
      allowed[i] = __fmaf_rd(rtol, fabsf(want[i]), base);
      // Holds for no NaN and no infinity. A zero may be a flushed denormal.
      plain &= error[i] <= allowed[i] && allowed[i] <= 0x1.fffffep127f;
      plain &= !(got[i] == 0 && error[i] != 0);
      plain &= is_exact_difference<kDtype>(error[i], got[i], want[i]);
      most = fmaxf(most, error[i]);
    }
    if (!plain) {
      AISP_UNROLL
      for (std::uint32_t i = 0; i < kGroup; ++i)
        judge_real_apart(tally, shared.limits, first + begin + i, got[i], want[i]);
      continue;
    }
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      const double size = want[i];
      seen.want_sum_squares = fma(size, size, seen.want_sum_squares);
    }
    if (most == 0) continue;
    seen.max_float_error = fmaxf(seen.max_float_error, most);
    AISP_UNROLL
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      const double exact = error[i];
      seen.error_sum_squares = fma(exact, exact, seen.error_sum_squares);
      if (error[i] > __fmul_rd(least_threshold, allowed[i]))
        look_at_ratio<false>(seen, shared, threshold, exact,
                             sum(shared.limits.base,
                                 product(shared.limits.rtol, static_cast<double>(fabsf(want[i])))),
                             first + begin + i);
    }
  }
}

// Whether modulus() takes the square root; `square` is re * re + im * im.
__device__ __forceinline__ bool is_plain_square(double square, double re, double im) {
  return (square > 1e-280 && square < 1e280) || (re == 0 && im == 0);
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void judge_complexes(Seen& seen, Tally& tally, Shared& shared,
                                                double base, double rtol, double threshold,
                                                std::uint64_t first, const std::uint32_t* got_words,
                                                const std::uint32_t* want_words) {
  using S = Shape<kDtype, kSame>;
  AISP_UNROLL
  for (std::uint32_t i = 0; i < S::kCount; ++i) {
    const double got_re = fast_value<kDtype>(component_bits<S::kComponent>(got_words, 2 * i));
    const double got_im = fast_value<kDtype>(component_bits<S::kComponent>(got_words, 2 * i + 1));
    const double want_re = fast_want<kDtype, kSame>(want_words, 2 * i);
    const double want_im = fast_want<kDtype, kSame>(want_words, 2 * i + 1);
    const double re = fabs(got_re - want_re), im = fabs(got_im - want_im);
    const double error_square = sum(product(re, re), product(im, im));
    const double want_square = sum(product(want_re, want_re), product(want_im, want_im));
    if (re == 0 && im == 0 && want_square <= largest_double()) {  // equal: no roots to be taken
      seen.want_sum_squares += want_square;
      continue;
    }
    const double error = sqrt(error_square);
    const double allowed = sum(base, product(rtol, sqrt(want_square)));
    bool plain =
        is_plain_square(error_square, re, im) && is_plain_square(want_square, want_re, want_im);
    plain &= error <= allowed && allowed <= largest_double();
    plain &= !(got_re == 0 && want_re != 0) && !(got_im == 0 && want_im != 0);
    if (plain) {
      seen.error_sum_squares = fma(error, error, seen.error_sum_squares);
      seen.want_sum_squares += want_square;
      seen.max_abs_error = larger(seen.max_abs_error, error);
      look_at_ratio<may_be_tiny<kDtype, kSame>()>(seen, shared, threshold, error, allowed,
                                                  first + i);
    } else {
      judge_complex_apart(tally, shared.limits, first + i, got_re, got_im, want_re, want_im);
    }
  }
}

// The sum of squares of the four 8-bit or two 16-bit integers of a word.
template <Dtype kDtype>
__device__ __forceinline__ std::uint32_t squares_of(std::uint32_t word) {
  if constexpr (kDtype == Dtype::int8) {
    return static_cast<std::uint32_t>(__dp4a(static_cast<int>(word), static_cast<int>(word), 0));
  } else if constexpr (kDtype == Dtype::int16) {
    const std::int32_t low = static_cast<std::int16_t>(word);
    const std::int32_t high = static_cast<std::int32_t>(word) >> 16;
    return static_cast<std::uint32_t>(low * low) + static_cast<std::uint32_t>(high * high);
  } else {
    return __dp4a(word, word, 0u);
  }
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void judge_integers(Seen& seen, Tally& tally, Shared& shared,
                                               std::uint64_t first, const std::uint32_t* got_words,
                                               const std::uint32_t* want_words) {
  using S = Shape<kDtype, kSame>;
  bool plain = true;
  if constexpr (kSame) {
    AISP_UNROLL
    for (std::uint32_t i = 0; i < S::kWords; ++i) {
      plain &= got_words[i] == want_words[i];
      if constexpr (kDtype == Dtype::boolean) plain &= (got_words[i] & 0xfefefefeu) == 0;
    }
    if (plain) {
      if constexpr (S::kComponent <= 2) {
        AISP_UNROLL
        for (std::uint32_t i = 0; i < S::kWords; ++i)
          seen.integer_squares += squares_of<kDtype>(want_words[i]);
      } else {
        AISP_UNROLL
        for (std::uint32_t i = 0; i < S::kCount; ++i) {
          const double w = static_cast<double>(
              decoded_integer(kDtype, component_bits<S::kComponent>(want_words, i)));
          seen.want_sum_squares = fma(w, w, seen.want_sum_squares);
        }
      }
      return;
    }
  }
  AISP_UNROLL
  for (std::uint32_t i = 0; i < S::kCount; ++i) {
    const std::int64_t g = decoded_integer(kDtype, component_bits<S::kComponent>(got_words, i));
    const std::int64_t w =
        kSame
            ? decoded_integer(kDtype, component_bits < kSame ? S::kComponent : 8 > (want_words, i))
            : static_cast<std::int64_t>(component_bits < kSame ? S::kComponent
                                                               : 8 > (want_words, i));
    if (g == w && (kDtype != Dtype::boolean || static_cast<std::uint64_t>(g) <= 1)) {
      const double size = static_cast<double>(w);
      seen.want_sum_squares = fma(size, size, seen.want_sum_squares);
    } else {
      judge_integer_apart(tally, shared.limits, first + i, g, w);
    }
  }
}

// --- one element from memory ----------------------------------------------------------------

template <Dtype kDtype, bool kSame>
struct Places {
  std::uint64_t got, want;  // addresses of the element
};

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ Places<kDtype, kSame> places_of(const CompareJob& job, std::uint64_t got,
                                                           std::uint64_t want,
                                                           std::uint64_t index) {
  using S = Shape<kDtype, kSame>;
  const std::uint64_t place = storage_place(job.layout, index);
  return {got + place * S::kElement, want + (kSame ? place : index) * S::kWantElement};
}

// Components as double; integers too, rounded.
template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void load_values(const Places<kDtype, kSame>& at_places, double* got,
                                            double* want) {
  using S = Shape<kDtype, kSame>;
  for (std::uint32_t c = 0; c < S::kPerElement; ++c) {
    const std::uint64_t g = load_bits(at_places.got + c * S::kComponent, S::kComponent);
    constexpr std::uint32_t kWantComponent = S::kWantElement / S::kPerElement;
    const std::uint64_t w = load_bits(at_places.want + c * kWantComponent, kWantComponent);
    if constexpr (is_integer_type(kDtype)) {
      got[c] = static_cast<double>(decoded_integer(kDtype, g));
      want[c] = static_cast<double>(decoded_integer(kSame ? kDtype : Dtype::int64, w));
    } else {
      got[c] = decoded_real(kDtype, g);
      want[c] = decoded_real(kSame ? kDtype : Dtype::fp64, w);
    }
  }
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void judge_element(Tally& tally, const Limits& limits,
                                              const Places<kDtype, kSame>& at_places,
                                              std::uint64_t index) {
  using S = Shape<kDtype, kSame>;
  if constexpr (is_integer_type(kDtype)) {
    judge_integer_apart(
        tally, limits, index, decoded_integer(kDtype, load_bits(at_places.got, S::kElement)),
        decoded_integer(kSame ? kDtype : Dtype::int64, load_bits(at_places.want, S::kWantElement)));
  } else {
    double got[2], want[2];
    load_values<kDtype, kSame>(at_places, got, want);
    if constexpr (S::kPerElement == 2)
      judge_complex_apart(tally, limits, index, got[0], got[1], want[0], want[1]);
    else
      judge_real_apart(tally, limits, index, got[0], want[0]);
  }
}

// Whether the element at `a` has other bits than the one at `b`.
template <std::uint32_t kBytes>
__device__ __forceinline__ bool elements_differ(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint32_t kPiece = kBytes < 8 ? kBytes : 8;
  bool differ = false;
  for (std::uint32_t i = 0; i < kBytes; i += kPiece)
    differ |= load_bits(a + i, kPiece) != load_bits(b + i, kPiece);
  return differ;
}

// Whether all bytes of the element, which lies `offset` bytes from element 0, are poison.
template <std::uint32_t kBytes>
__device__ __forceinline__ bool element_is_stale(std::uint64_t address, std::uint64_t offset,
                                                 std::uint64_t poison) {
  bool stale = true;
  for (std::uint32_t i = 0; i < kBytes; ++i)
    stale &= *at<const std::uint8_t>(address + i) ==
             static_cast<std::uint8_t>(poison >> (8 * ((offset + i) % 8)));
  return stale;
}

// --- a thread's share -----------------------------------------------------------------------

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void look_at_bytes(Seen& seen, const CompareJob& job,
                                              const std::uint32_t* got, const std::uint32_t* want,
                                              const std::uint32_t* first_got,
                                              const std::uint32_t* first_want) {
  using S = Shape<kDtype, kSame>;
  AISP_UNROLL
  for (std::uint32_t i = 0; i < S::kWords; ++i) seen.got_differs |= got[i] ^ first_got[i];
  AISP_UNROLL
  for (std::uint32_t i = 0; i < S::kWantWords; ++i) seen.want_differs |= want[i] ^ first_want[i];
  const auto low = static_cast<std::uint32_t>(job.poison);
  const auto high = static_cast<std::uint32_t>(job.poison >> 32);
  AISP_UNROLL
  for (std::uint32_t i = 0; i < S::kWords; i += 2) {
    if constexpr (S::kComponent == 4)
      seen.stale += (got[i] == low ? 4 : 0) + (got[i + 1] == high ? 4 : 0);
    else
      seen.stale += got[i] == low && got[i + 1] == high ? 8 : 0;
  }
}

// The first element's words, repeated to fill a chunk.
template <std::uint32_t kElement, std::uint32_t kWords>
__device__ __forceinline__ void repeat_element(std::uint64_t address,
                                               std::uint32_t (&words)[kWords]) {
  constexpr std::uint32_t kPiece = kElement < 4 ? kElement : 4;
  constexpr std::uint32_t kPieces = kElement / kPiece;  // words of an element, at least one
  std::uint32_t pattern[kPieces];
  AISP_UNROLL
  for (std::uint32_t i = 0; i < kPieces; ++i) {
    pattern[i] = static_cast<std::uint32_t>(load_bits(address + 4 * i, kPiece));
    if constexpr (kPiece == 2) pattern[i] *= 0x00010001u;
    if constexpr (kPiece == 1) pattern[i] *= 0x01010101u;
  }
  AISP_UNROLL
  for (std::uint32_t i = 0; i < kWords; ++i) words[i] = pattern[i % kPieces];
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void see_contiguous(Seen& seen, Tally& tally, Shared& shared,
                                               const CompareJob& job, std::uint64_t got,
                                               std::uint64_t want) {
  using S = Shape<kDtype, kSame>;
  const std::uint64_t chunks = job.elements / S::kCount;
  const std::uint64_t step = static_cast<std::uint64_t>(gridDim.x) * kCompareThreads;
  const double base = shared.limits.base, rtol = shared.limits.rtol;
  std::uint32_t first_got[S::kWords], first_want[S::kWantWords];
  repeat_element<S::kElement>(got, first_got);
  repeat_element<S::kWantElement>(want, first_want);

  std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * kCompareThreads + threadIdx.x;
  for (; i < chunks; i += S::kUnroll * step) {
    std::uint32_t g[S::kUnroll][S::kWords], w[S::kUnroll][S::kWantWords];
    AISP_UNROLL
    for (std::uint32_t u = 0; u < S::kUnroll; ++u) {
      const std::uint64_t chunk = i + u * step;
      if (chunk >= chunks) continue;
      load_words(got + chunk * S::kBytes, g[u]);
      load_words(want + chunk * (4 * S::kWantWords), w[u]);
    }
    const double threshold =
        lowered(double_of(*const_cast<volatile unsigned long long*>(&shared.best_ratio)));
    AISP_UNROLL
    for (std::uint32_t u = 0; u < S::kUnroll; ++u) {
      const std::uint64_t chunk = i + u * step;
      if (chunk >= chunks) continue;
      look_at_bytes<kDtype, kSame>(seen, job, g[u], w[u], first_got, first_want);
      const std::uint64_t first = chunk * S::kCount;
      if constexpr (is_integer_type(kDtype))
        judge_integers<kDtype, kSame>(seen, tally, shared, first, g[u], w[u]);
      else if constexpr (S::kPerElement == 2)
        judge_complexes<kDtype, kSame>(seen, tally, shared, base, rtol, threshold, first, g[u],
                                       w[u]);
      else if constexpr (is_judged_as_float<kDtype, kSame>())
        judge_floats<kDtype>(seen, tally, shared, threshold, first, g[u], w[u]);
      else
        judge_reals<kDtype, kSame>(seen, tally, shared, base, rtol, threshold, first, g[u], w[u]);
    }
  }

  // Less than a chunk is left.
  if (blockIdx.x != 0 || threadIdx.x != 0) return;
  for (std::uint64_t e = chunks * S::kCount; e < job.elements; ++e) {
    const Places<kDtype, kSame> here = {got + e * S::kElement, want + e * S::kWantElement};
    judge_element<kDtype, kSame>(tally, shared.limits, here, e);
    seen.got_differs |= elements_differ<S::kElement>(here.got, got);
    seen.want_differs |= elements_differ<S::kWantElement>(here.want, want);
  }
  constexpr std::uint32_t kUnit = S::kComponent == 4 ? 4 : 8;
  const std::uint64_t end = job.elements * S::kElement;
  for (std::uint64_t b = chunks * S::kBytes; b < end; b += kUnit) {
    const std::uint64_t bytes = end - b < kUnit ? end - b : kUnit;
    bool stale = true;
    for (std::uint64_t k = b; k < b + bytes; ++k)
      stale &= *at<const std::uint8_t>(got + k) ==
               static_cast<std::uint8_t>(job.poison >> (8 * (k % 8)));
    if (stale) seen.stale += static_cast<std::uint32_t>(bytes);
  }
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void see_strided(Seen& seen, Tally& tally, Shared& shared,
                                            const CompareJob& job, std::uint64_t got,
                                            std::uint64_t want) {
  using S = Shape<kDtype, kSame>;
  const std::uint64_t step = static_cast<std::uint64_t>(gridDim.x) * kCompareThreads;
  for (std::uint64_t e = static_cast<std::uint64_t>(blockIdx.x) * kCompareThreads + threadIdx.x;
       e < job.elements; e += step) {
    const auto here = places_of<kDtype, kSame>(job, got, want, e);
    judge_element<kDtype, kSame>(tally, shared.limits, here, e);
    seen.got_differs |= elements_differ<S::kElement>(here.got, got);
    seen.want_differs |= elements_differ<S::kWantElement>(here.want, want);
    if (element_is_stale<S::kElement>(here.got, here.got - got, job.poison))
      seen.stale += S::kElement;
  }
}

// --- adding up ------------------------------------------------------------------------------

__device__ __forceinline__ void add_worst(ComparePartial& into, double ratio, std::uint64_t index) {
  if (ratio > into.max_ratio || (ratio == into.max_ratio && index < into.worst_index)) {
    into.max_ratio = ratio;
    into.worst_index = index;
  }
}

__device__ __forceinline__ void add(ComparePartial& into, const ComparePartial& from) {
  into.error_sum_squares += from.error_sum_squares;
  into.want_sum_squares += from.want_sum_squares;
  into.max_abs_error = larger(into.max_abs_error, from.max_abs_error);
  add_worst(into, from.max_ratio, from.worst_index);
  if (from.first_bad_index < into.first_bad_index) into.first_bad_index = from.first_bad_index;
  into.mismatches += from.mismatches;
  into.nans += from.nans;
  into.infs += from.infs;
  into.denormals_flushed += from.denormals_flushed;
  into.stale += from.stale;
  into.got_differs |= from.got_differs;
  into.want_differs |= from.want_differs;
}

__device__ __forceinline__ ComparePartial nothing_seen() {
  ComparePartial p = {};
  p.worst_index = kNoIndex;
  p.first_bad_index = kNoIndex;
  return p;
}

// From the second-level cache: other blocks have written it.
__device__ __forceinline__ ComparePartial load_partial(const ComparePartial* from) {
  constexpr int kVectors = sizeof(ComparePartial) / 16;
  static_assert(sizeof(ComparePartial) % 16 == 0);
  uint4 words[kVectors];
  AISP_UNROLL
  for (int i = 0; i < kVectors; ++i) words[i] = __ldcg(reinterpret_cast<const uint4*>(from) + i);
  ComparePartial partial;
  memcpy(&partial, words, sizeof partial);
  return partial;
}

// Adds what the lane `step` further has, if there is one. Field by field, so that few registers are
// needed. `rare`: whether any lane has seen anything that is not plain.
__device__ __forceinline__ void add_lane_above(ComparePartial& p, int step, bool rare) {
  const bool partner = static_cast<int>(threadIdx.x % 32) + step < 32;
  const auto above = [step](auto v) { return __shfl_down_sync(kAllLanes, v, step); };
  const auto plus = [&](auto& mine) {
    const auto theirs = above(mine);
    if (partner) mine += theirs;
  };
  plus(p.error_sum_squares);
  plus(p.want_sum_squares);
  const double error = above(p.max_abs_error);
  if (partner) p.max_abs_error = larger(p.max_abs_error, error);
  const double ratio = above(p.max_ratio);
  const std::uint64_t worst = above(p.worst_index);
  if (partner) add_worst(p, ratio, worst);
  const std::uint32_t got_differs = above(p.got_differs), want_differs = above(p.want_differs);
  if (partner) p.got_differs |= got_differs, p.want_differs |= want_differs;
  if (!rare) return;
  const std::uint64_t first_bad = above(p.first_bad_index);
  if (partner && first_bad < p.first_bad_index) p.first_bad_index = first_bad;
  plus(p.mismatches);
  plus(p.nans);
  plus(p.infs);
  plus(p.denormals_flushed);
  plus(p.stale);
}

// Every thread of the block calls it; thread 0 gets what all of them have.
__device__ __forceinline__ ComparePartial add_up_block(ComparePartial mine, Shared& shared) {
  const bool rare = __any_sync(kAllLanes, (mine.mismatches | mine.nans | mine.infs |
                                           mine.denormals_flushed | mine.stale) != 0);
  for (int step = 16; step > 0; step /= 2) add_lane_above(mine, step, rare);
  if (threadIdx.x % 32 == 0) shared.warps[threadIdx.x / 32] = mine;
  __syncthreads();
  if (threadIdx.x == 0)
    for (std::uint32_t w = 1; w < kWarps; ++w) add(mine, shared.warps[w]);
  __syncthreads();
  return mine;
}

// Calls finish(total) in thread 0 of the last block of the set.
template <class Finish>
__device__ __forceinline__ void add_up_set(const CompareJob& job, std::uint32_t set,
                                           const ComparePartial& mine, Shared& shared,
                                           const Finish& finish) {
  const ComparePartial block = add_up_block(mine, shared);
  if (gridDim.x == 1) {
    if (threadIdx.x == 0) finish(block);
    return;
  }
  ComparePartial* const partials =
      at<ComparePartial>(job.partials) + static_cast<std::uint64_t>(set) * gridDim.x;
  unsigned* const counter = at<unsigned>(job.counters) + set;
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = block;
    __threadfence();
    shared.last = atomicAdd(counter, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (!shared.last) return;
  __threadfence();
  ComparePartial all = nothing_seen();
  for (std::uint32_t i = threadIdx.x; i < gridDim.x; i += kCompareThreads)
    add(all, load_partial(partials + i));
  all = add_up_block(all, shared);
  if (threadIdx.x != 0) return;
  finish(all);
  *counter = 0;
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void write_stats(const CompareJob& job, std::uint32_t set,
                                            const ComparePartial& all) {
  using S = Shape<kDtype, kSame>;
  const std::uint64_t got = job.got + set * job.got_stride;
  const std::uint64_t want = job.want + set * job.want_stride;
  DeviceCompareStats stats = {};
  stats.elements = job.elements;
  stats.mismatches = all.mismatches;
  stats.nans = all.nans;
  stats.infs = all.infs;
  stats.denormals_flushed = all.denormals_flushed;
  stats.stale = all.stale;
  stats.max_abs_error = all.max_abs_error;
  stats.max_allowed_ratio = all.max_ratio;
  stats.error_sum_squares = all.error_sum_squares;
  stats.want_sum_squares = all.want_sum_squares;
  stats.got_is_constant = all.got_differs == 0;
  stats.want_is_constant = all.want_differs == 0;
  double g[2], w[2];
  if (all.max_ratio > 0) {
    load_values<kDtype, kSame>(places_of<kDtype, kSame>(job, got, want, all.worst_index), g, w);
    const int c = S::kPerElement == 2 ? reported_component(g, w) : 0;
    stats.worst_index = all.worst_index;
    stats.worst_got = g[c];
    stats.worst_want = w[c];
  }
  if (all.mismatches > 0) {
    load_values<kDtype, kSame>(places_of<kDtype, kSame>(job, got, want, all.first_bad_index), g, w);
    const int c = S::kPerElement == 2 ? reported_component(g, w) : 0;
    stats.first_bad_index = all.first_bad_index;
    stats.first_bad_got = g[c];
    stats.first_bad_want = w[c];
  }
  if (job.elements > 0) {
    load_values<kDtype, kSame>({got, want}, g, w);
    stats.constant = g[0];
    stats.want_constant = w[0];
  }
  at<DeviceCompareStats>(job.stats)[set] = stats;
}

template <Dtype kDtype, bool kSame>
__device__ __forceinline__ void compare_sets(const CompareJob& job) {
  __shared__ Shared shared;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    __syncthreads();  // `shared` of the set before is not needed any more
    if (threadIdx.x == 0) {
      const double base = job.bases != 0 ? at<const double>(job.bases)[set] : job.base;
      shared.limits = {base, job.rtol, job.smallest_normal, job.exact, kDtype == Dtype::boolean};
      shared.least_base = __double2float_rd((1 - 0x1p-20) * (base < 1e38 ? base : 1e38));
      shared.least_rtol = job.rtol < 1e38 ? __double2float_rd((1 - 0x1p-20) * job.rtol) : nanf("");
      shared.best_ratio = 0;
    }
    __syncthreads();
    Seen seen;
    Tally tally;
    const std::uint64_t got = job.got + set * job.got_stride;
    const std::uint64_t want = job.want + set * job.want_stride;
    if (job.layout.dimensions != 0)
      see_strided<kDtype, kSame>(seen, tally, shared, job, got, want);
    else if (job.elements > 0)
      see_contiguous<kDtype, kSame>(seen, tally, shared, job, got, want);

    Tally plain;
    plain.error_sum_squares = seen.error_sum_squares;
    plain.want_sum_squares = seen.want_sum_squares + static_cast<double>(seen.integer_squares);
    plain.max_abs_error = larger(seen.max_abs_error, seen.max_float_error);
    plain.max_ratio = seen.max_ratio;
    plain.worst_index = seen.worst_index;
    merge(plain, tally);
    ComparePartial mine = nothing_seen();
    mine.error_sum_squares = plain.error_sum_squares;
    mine.want_sum_squares = plain.want_sum_squares;
    mine.max_abs_error = plain.max_abs_error;
    mine.max_ratio = plain.max_ratio;
    mine.worst_index = plain.worst_index;
    mine.first_bad_index = plain.first_bad_index;
    mine.mismatches = plain.mismatches;
    mine.nans = plain.nans;
    mine.infs = plain.infs;
    mine.denormals_flushed = plain.denormals_flushed;
    mine.stale = seen.stale;
    mine.got_differs = seen.got_differs;
    mine.want_differs = seen.want_differs;
    add_up_set(job, set, mine, shared,
               [&](const ComparePartial& all) { write_stats<kDtype, kSame>(job, set, all); });
  }
}

// --- RMS(want) ------------------------------------------------------------------------------

// Adds an element's square if it is finite; counts it in `mismatches`.
template <Dtype kDtype>
__device__ __forceinline__ void add_square(ComparePartial& p, std::uint64_t re_bits,
                                           std::uint64_t im_bits) {
  double re, im = 0;
  if constexpr (is_integer_type(kDtype)) {
    re = static_cast<double>(decoded_integer(kDtype, re_bits));
  } else {
    re = decoded_real(kDtype, re_bits);
    if constexpr (is_complex_type(kDtype)) im = decoded_real(kDtype, im_bits);
  }
  if (!finite_value(re) || !finite_value(im)) return;
  p.want_sum_squares += sum(product(re, re), product(im, im));
  ++p.mismatches;
}

// Writes job.base + job.rms * RMS(want), kept finite, to bases[set]. `want` is of kDtype, whatever
// the output's dtype is.
template <Dtype kDtype>
__device__ __forceinline__ void sum_want(const CompareJob& job) {
  using S = Shape<kDtype, true>;
  __shared__ Shared shared;
  for (std::uint32_t set = blockIdx.y; set < job.sets; set += gridDim.y) {
    __syncthreads();
    const std::uint64_t want = job.want + set * job.want_stride;
    const std::uint64_t step = static_cast<std::uint64_t>(gridDim.x) * kCompareThreads;
    const std::uint64_t thread =
        static_cast<std::uint64_t>(blockIdx.x) * kCompareThreads + threadIdx.x;
    ComparePartial mine = nothing_seen();
    const std::uint64_t chunks = job.layout.dimensions == 0 ? job.elements / S::kCount : 0;
    for (std::uint64_t i = thread; i < chunks; i += 4 * step) {
      std::uint32_t words[4][S::kWords];
      AISP_UNROLL
      for (std::uint32_t u = 0; u < 4; ++u)
        if (i + u * step < chunks) load_words(want + (i + u * step) * S::kBytes, words[u]);
      AISP_UNROLL
      for (std::uint32_t u = 0; u < 4; ++u) {
        if (i + u * step >= chunks) continue;
        AISP_UNROLL
        for (std::uint32_t e = 0; e < S::kCount; ++e)
          add_square<kDtype>(mine, component_bits<S::kComponent>(words[u], e * S::kPerElement),
                             component_bits<S::kComponent>(words[u], (e + 1) * S::kPerElement - 1));
      }
    }
    for (std::uint64_t e = chunks * S::kCount + thread; e < job.elements; e += step) {
      const std::uint64_t address = want + storage_place(job.layout, e) * S::kElement;
      add_square<kDtype>(mine, load_bits(address, S::kComponent),
                         load_bits(address + (S::kPerElement - 1) * S::kComponent, S::kComponent));
    }
    add_up_set(job, set, mine, shared, [&](const ComparePartial& all) {
      const double rms = all.mismatches == 0
                             ? 0
                             : sqrt(all.want_sum_squares / static_cast<double>(all.mismatches));
      const double base = sum(job.base, product(job.rms, rms));
      at<double>(job.bases)[set] = largest_double() < base ? largest_double() : base;
    });
  }
}

}  // namespace

#define AISP_COMPARE(name, dtype)                                                             \
  extern "C" __global__ void __launch_bounds__(kCompareThreads, blocks_at_once(Dtype::dtype)) \
      compare_##name##_same(const __grid_constant__ CompareJob job) {                         \
    compare_sets<Dtype::dtype, true>(job);                                                    \
  }                                                                                           \
  extern "C" __global__ void __launch_bounds__(kCompareThreads)                               \
      compare_##name##_expected(const __grid_constant__ CompareJob job) {                     \
    compare_sets<Dtype::dtype, false>(job);                                                   \
  }                                                                                           \
  extern "C" __global__ void __launch_bounds__(kCompareThreads)                               \
      sum_want_##name(const __grid_constant__ CompareJob job) {                               \
    sum_want<Dtype::dtype>(job);                                                              \
  }
AISP_COMPARE(fp64, fp64)
AISP_COMPARE(fp32, fp32)
AISP_COMPARE(tf32, tf32)
AISP_COMPARE(fp16, fp16)
AISP_COMPARE(bf16, bf16)
AISP_COMPARE(fp8_e4m3, fp8_e4m3)
AISP_COMPARE(fp8_e5m2, fp8_e5m2)
AISP_COMPARE(int8, int8)
AISP_COMPARE(int16, int16)
AISP_COMPARE(int32, int32)
AISP_COMPARE(int64, int64)
AISP_COMPARE(uint8, uint8)
AISP_COMPARE(bool, boolean)
AISP_COMPARE(complex64, complex64)
AISP_COMPARE(complex128, complex128)
#undef AISP_COMPARE

}  // namespace aisp::cuda
