// The formulas of device/cpu/fill.h for one component. Constants come from FillPlan
// (device/cpu/fill_plan.h); FillJob is the form in which a kernel gets them.
#pragma once

#include <cstdint>

#include "aisp/dtype.h"
#include "device/cuda/kernels/numeric.h"
#include "device/cuda/kernels/tensor_layout.h"

namespace aisp::cuda {

enum class Draw : std::uint32_t {
  uniform,  // floats and integer types; bool too: its words' top bits
  normal,
  heavy_tailed,
  integers32,  // from 32-bit words
  integers64,
};

inline constexpr std::uint32_t kRunComponents = 1024;  // what `structured` changes at once
inline constexpr std::uint64_t kStructureBlock = 1ull << 62;
inline constexpr std::uint32_t kRunsOfStructureBlock = 8;
inline constexpr int kNormalSegments = 96;

template <class Real>
struct PlaceOf {
  Real a, b, low, high;
};

struct FillJob {
  std::uint64_t data;         // element 0 of set 0
  std::uint64_t data_stride;  // bytes
  std::uint64_t counts;       // of changed bytes; 0: write instead
  std::uint64_t components;   // of one set
  std::uint32_t key[8];
  std::uint64_t nonce;
  std::uint64_t nonce_stride;
  std::uint32_t sets;

  Dtype dtype;  // of a component
  std::uint32_t per_element;
  Draw draw;
  bool structured;
  bool bounded;  // whether a value may have to be moved to low or high
  PlaceOf<float> as_float;
  PlaceOf<double> as_double;
  float octaves32;
  double octaves64;
  double least, greatest;
  std::int64_t low;
  std::uint64_t span;
  TensorLayout layout;
  float base[kNormalSegments];
  float slope[kNormalSegments];
};

AISP_FORMULA constexpr bool is_drawn_as_float(Dtype component) {
  return static_cast<std::uint32_t>(component) >= static_cast<std::uint32_t>(Dtype::fp32) &&
         static_cast<std::uint32_t>(component) <= static_cast<std::uint32_t>(Dtype::fp8_e5m2);
}

// Components that one ChaCha block makes.
AISP_FORMULA constexpr std::uint32_t components_of_block(Dtype component, Draw draw) {
  const bool words_of_32 =
      draw == Draw::integers32 ||
      (draw != Draw::integers64 && (is_drawn_as_float(component) || component == Dtype::boolean));
  return words_of_32 ? 16 : 8;
}

AISP_FORMULA constexpr std::uint32_t component_size(Dtype component) {
  switch (component) {
    case Dtype::fp64:
    case Dtype::int64: return 8;
    case Dtype::fp32:
    case Dtype::tf32:
    case Dtype::int32: return 4;
    case Dtype::fp16:
    case Dtype::bf16:
    case Dtype::int16: return 2;
    default: return 1;
  }
}

// Of the kernels for contiguous tensors: most threads of a block, and its shared memory.
inline constexpr std::uint32_t kFillThreads = 256;
inline constexpr std::uint32_t kFillRunThreads = 64;  // a ChaCha block each
AISP_FORMULA constexpr std::uint32_t fill_staging_bytes(Dtype component, std::uint32_t threads) {
  return threads * 16 * component_size(component);
}

template <class Real, bool kBounded = true>
AISP_FORMULA Real placed(Real x, const PlaceOf<Real>& f) {
  Real v = sum(f.a, product(f.b, x));
  if constexpr (kBounded) {
    v = f.low > v ? f.low : v;
    v = f.high < v ? f.high : v;
  }
  return v;
}

// --- drawn as fp32 --------------------------------------------------------------------------

template <bool kBounded = true>
AISP_FORMULA float uniform32(std::uint32_t w, const PlaceOf<float>& f) {
  return placed<float, kBounded>(static_cast<float>(static_cast<std::int32_t>(w >> 8)), f);
}

// `base` and `slope` may be arrays of anything that has operator[].
template <bool kBounded = true, class Table>
AISP_FORMULA float normal32(std::uint32_t w, const PlaceOf<float>& f, const Table& base,
                            const Table& slope) {
  const float t = static_cast<float>(static_cast<std::int32_t>(w >> 9 << 1 | 1u));
  const std::int32_t index = static_cast<std::int32_t>(bits_of(t) >> 21) - 508;
  const float z = sum(base[index], product(slope[index], t));
  return placed<float, kBounded>(float_of(bits_of(z) ^ w << 31), f);
}

template <bool kBounded = true>
AISP_FORMULA float heavy_tailed32(std::uint32_t w, const PlaceOf<float>& f, float octaves) {
  const float span = product(2.0f, octaves);
  const std::int32_t lowest = (127 << 23) - static_cast<std::int32_t>(product(octaves, 8388608.0f));
  const float u = product(static_cast<float>(static_cast<std::int32_t>(w >> 9)), span);
  const std::uint32_t bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(u) + lowest);
  return placed<float, kBounded>(float_of(bits | w << 31), f);
}

// --- drawn as fp64 --------------------------------------------------------------------------

AISP_FORMULA double unit(std::uint64_t w) {
  return sum(double_of(w >> 12 | 0x3ff0000000000000ull), -1.0);
}

template <bool kBounded = true>
AISP_FORMULA double uniform64(std::uint64_t w, const PlaceOf<double>& f) {
  return placed<double, kBounded>(unit(w), f);
}

template <bool kBounded = true, class Table>
AISP_FORMULA double normal64(std::uint64_t w, const PlaceOf<double>& f, const Table& base,
                             const Table& slope) {
  double t = product(unit(w), 16777216.0);
  t = 1.0 > t ? 1.0 : t;
  const std::int32_t index = static_cast<std::int32_t>(bits_of(t) >> 50) - 4092;
  const double z =
      sum(static_cast<double>(base[index]), product(static_cast<double>(slope[index]), t));
  return placed<double, kBounded>(double_of(bits_of(z) ^ w << 63), f);
}

AISP_FORMULA double heavy_tailed64(std::uint64_t w, const PlaceOf<double>& f, double octaves) {
  const double u = sum(1023 - octaves, product(unit(w), product(2.0, octaves)));
  const std::uint64_t bits =
      static_cast<std::uint64_t>(static_cast<std::int64_t>(product(u, 4503599627370496.0)));
  return placed(double_of(bits | w << 63), f);
}

// --- integers -------------------------------------------------------------------------------

AISP_FORMULA std::int32_t integer32(std::uint32_t w, const FillJob& f) {
  return static_cast<std::int32_t>(
      static_cast<std::uint32_t>(f.low) +
      static_cast<std::uint32_t>(
          static_cast<std::uint64_t>(w) * static_cast<std::uint32_t>(f.span) >> 32));
}

AISP_FORMULA std::int64_t integer64(std::uint64_t w, const FillJob& f) {
  const std::uint64_t offset = f.span == 0 ? w : high_product(w, f.span);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(f.low) + offset);
}

// --- storing --------------------------------------------------------------------------------

// Rounds to a type of 16 or 8 bits. Normal results: rebias the exponent and round the mantissa in
// integers. Subnormal results: adding the float whose last place is the type's smallest subnormal
// makes the addition do the rounding. |value| is at most the type's largest.
template <int kMantissa, int kBias, int kBits>
AISP_FORMULA std::uint32_t narrowed(float value) {
  constexpr int kDrop = 23 - kMantissa;
  constexpr std::uint32_t kRebias = static_cast<std::uint32_t>(127 - kBias) << 23;
  constexpr std::uint32_t kSmallestNormal = static_cast<std::uint32_t>(128 - kBias) << 23;
  constexpr std::uint32_t kMagic = static_cast<std::uint32_t>(128 - kBias + kDrop) << 23;
  const std::uint32_t bits = bits_of(value);
  const std::uint32_t sign = (bits & 0x80000000u) >> (32 - kBits);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  const std::uint32_t normal =
      (magnitude - kRebias + ((1u << (kDrop - 1)) - 1) + (magnitude >> kDrop & 1u)) >> kDrop;
  const std::uint32_t subnormal = bits_of(sum(float_of(magnitude), float_of(kMagic))) - kMagic;
  return (magnitude < kSmallestNormal ? subnormal : normal) | sign;
}

// The bits of a component, for a value drawn as float that the dtype's range holds.
AISP_FORMULA std::uint32_t stored_float(Dtype dtype, float value) {
  const std::uint32_t bits = bits_of(value);
  switch (dtype) {
    case Dtype::tf32: return (bits + 0xfffu + (bits >> 13 & 1u)) & 0xffffe000u;
    case Dtype::fp16: return narrowed<10, 15, 16>(value);
    case Dtype::bf16: return (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    case Dtype::fp8_e4m3: return narrowed<3, 7, 8>(value);
    case Dtype::fp8_e5m2: return narrowed<2, 15, 8>(value);
    default: return bits;
  }
}

// The bits of a component, for a value drawn as double: fp64, and integer types but bool.
AISP_FORMULA std::uint64_t stored_double(Dtype dtype, double value, const FillJob& f) {
  if (dtype == Dtype::fp64) return bits_of(value);
  // The bounds are integers: whether floor comes before them or after is the same.
  double v = value < f.least ? f.least : value;
  v = f.greatest < v ? f.greatest : v;
#ifdef __CUDA_ARCH__
  if (dtype != Dtype::int64) return static_cast<std::uint32_t>(__double2int_rd(v));
  return static_cast<std::uint64_t>(__double2ll_rd(v));
#else
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(floor(v)));
#endif
}

// The bits of a component, for an integer that the dtype holds.
AISP_FORMULA std::uint64_t stored_integer(Dtype dtype, std::int64_t value) {
  if (dtype == Dtype::boolean) return value != 0;
  if (dtype == Dtype::fp64) return bits_of(static_cast<double>(value));
  if (is_drawn_as_float(dtype)) return stored_float(dtype, static_cast<float>(value));
  return static_cast<std::uint64_t>(value);
}

// --- whole components -----------------------------------------------------------------------

AISP_FORMULA std::uint64_t word64(const std::uint32_t* words, std::uint32_t k) {
  return static_cast<std::uint64_t>(words[2 * k + 1]) << 32 | words[2 * k];
}

template <class Table>
AISP_FORMULA float drawn_float(const FillJob& f, std::uint32_t w, const Table& base,
                               const Table& slope) {
  switch (f.draw) {
    case Draw::normal: return normal32(w, f.as_float, base, slope);
    case Draw::heavy_tailed: return heavy_tailed32(w, f.as_float, f.octaves32);
    default: return uniform32(w, f.as_float);
  }
}

template <class Table>
AISP_FORMULA double drawn_double(const FillJob& f, std::uint64_t w, const Table& base,
                                 const Table& slope) {
  switch (f.draw) {
    case Draw::normal: return normal64(w, f.as_double, base, slope);
    case Draw::heavy_tailed: return heavy_tailed64(w, f.as_double, f.octaves64);
    default: return uniform64(w, f.as_double);
  }
}

// Component k of the block `words`, before `structured`: the bits of the float or double that it is
// drawn as; integers and bool: the bits that are stored.
template <class Table>
AISP_FORMULA std::uint64_t drawn_bits(const FillJob& f, const std::uint32_t* words, std::uint32_t k,
                                      const Table& base, const Table& slope) {
  if (f.draw == Draw::integers32) return stored_integer(f.dtype, integer32(words[k], f));
  if (f.draw == Draw::integers64) return stored_integer(f.dtype, integer64(word64(words, k), f));
  if (f.dtype == Dtype::boolean) return words[k] >> 31;
  if (is_drawn_as_float(f.dtype)) return bits_of(drawn_float(f, words[k], base, slope));
  return bits_of(drawn_double(f, word64(words, k), base, slope));
}

// What is stored of drawn_bits.
AISP_FORMULA std::uint64_t stored_bits(const FillJob& f, std::uint64_t drawn) {
  if (f.draw == Draw::integers32 || f.draw == Draw::integers64 || f.dtype == Dtype::boolean)
    return drawn;
  if (is_drawn_as_float(f.dtype))
    return stored_float(f.dtype, float_of(static_cast<std::uint32_t>(drawn)));
  return stored_double(f.dtype, double_of(drawn), f);
}

// --- structure ------------------------------------------------------------------------------

// Where `structured` changes a run of n components. In this order: [equal, equal_end) become the
// first of them, `large` is multiplied by 64, [zero, zero_end) become zero.
struct Structure {
  std::uint32_t equal, equal_end, large, zero, zero_end;
};

AISP_FORMULA Structure structure_of(std::uint64_t h, std::uint32_t n) {
  const std::uint32_t p0 = static_cast<std::uint32_t>(h & 1023);
  const std::uint32_t p1 = static_cast<std::uint32_t>(h >> 10 & 1023);
  const std::uint32_t p2 = static_cast<std::uint32_t>(h >> 20 & 1023);
  const std::uint32_t p3 = static_cast<std::uint32_t>(h >> 30 & 1023);
  const std::uint32_t p4 = static_cast<std::uint32_t>(h >> 40 & 1023);
  Structure s;
  s.equal = p0 * n / 1024;
  s.equal_end = s.equal + 1 + p1 * (n / 4) / 1024;
  s.equal_end = s.equal_end < n ? s.equal_end : n;
  s.large = p2 * n / 1024;
  s.zero = p3 * n / 1024;
  s.zero_end = s.zero + p4 * (n / 8) / 1024;
  s.zero_end = s.zero_end < n ? s.zero_end : n;
  return s;
}

template <class Real>
AISP_FORMULA Real enlarged(Real value, Real greatest) {
  const Real v = product(Real{64}, value);
  return v < -greatest ? -greatest : greatest < v ? greatest : v;
}

}  // namespace aisp::cuda
