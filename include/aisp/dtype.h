// Element types of a problem's tensors, and their exact conversion to and from double.
//
// Storage is little-endian and packed: fp16, bf16, fp8 and tf32 are kept as bit patterns (tf32 in
// 32 bits, the low 13 mantissa bits ignored on load), bool as one byte that is 0 or 1, complex as
// two consecutive reals.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace aisp {

enum class Dtype : std::uint32_t {
  fp64 = 0,
  fp32 = 1,
  tf32 = 2,
  fp16 = 3,
  bf16 = 4,
  fp8_e4m3 = 5,
  fp8_e5m2 = 6,
  int8 = 7,
  int16 = 8,
  int32 = 9,
  int64 = 10,
  uint8 = 11,
  boolean = 12,
  complex64 = 13,
  complex128 = 14,
};

inline constexpr std::uint32_t kDtypeCount = 15;

struct DtypeInfo {
  std::string_view name;
  std::size_t bytes;  // bytes of one element
  bool floating;      // real floating point (not complex)
  bool complex;
  int mantissa_bits;  // stored mantissa bits (of one component), 0 for integers
};

constexpr DtypeInfo dtype_info(Dtype d) {
  switch (d) {
    case Dtype::fp64: return {"fp64", 8, true, false, 52};
    case Dtype::fp32: return {"fp32", 4, true, false, 23};
    case Dtype::tf32: return {"tf32", 4, true, false, 10};
    case Dtype::fp16: return {"fp16", 2, true, false, 10};
    case Dtype::bf16: return {"bf16", 2, true, false, 7};
    case Dtype::fp8_e4m3: return {"fp8_e4m3", 1, true, false, 3};
    case Dtype::fp8_e5m2: return {"fp8_e5m2", 1, true, false, 2};
    case Dtype::int8: return {"int8", 1, false, false, 0};
    case Dtype::int16: return {"int16", 2, false, false, 0};
    case Dtype::int32: return {"int32", 4, false, false, 0};
    case Dtype::int64: return {"int64", 8, false, false, 0};
    case Dtype::uint8: return {"uint8", 1, false, false, 0};
    case Dtype::boolean: return {"bool", 1, false, false, 0};
    case Dtype::complex64: return {"complex64", 8, false, true, 23};
    case Dtype::complex128: return {"complex128", 16, false, true, 52};
  }
  return {"?", 0, false, false, 0};
}

constexpr std::size_t dtype_bytes(Dtype d) { return dtype_info(d).bytes; }
constexpr std::string_view dtype_name(Dtype d) { return dtype_info(d).name; }
constexpr bool is_floating(Dtype d) { return dtype_info(d).floating; }
constexpr bool is_complex(Dtype d) { return dtype_info(d).complex; }
constexpr bool is_integral(Dtype d) { return !is_floating(d) && !is_complex(d); }

constexpr std::optional<Dtype> dtype_from_name(std::string_view name) {
  for (std::uint32_t i = 0; i < kDtypeCount; ++i)
    if (dtype_name(static_cast<Dtype>(i)) == name) return static_cast<Dtype>(i);
  return std::nullopt;
}

namespace detail {

// Widens a small binary float (IEEE-like, with subnormals) to double; exact.
// `has_inf` is false for fp8 e4m3 (OCP "FN": no infinities, NaN only at all ones).
constexpr double widen(std::uint32_t bits, int exponent_bits, int mantissa_bits, bool has_inf) {
  const std::uint32_t sign = bits >> (exponent_bits + mantissa_bits) & 1u;
  const std::uint32_t exponent = bits >> mantissa_bits & ((1u << exponent_bits) - 1);
  const std::uint32_t mantissa = bits & ((1u << mantissa_bits) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const std::uint32_t top = (1u << exponent_bits) - 1;
  const std::uint64_t sign64 = static_cast<std::uint64_t>(sign) << 63;
  if (exponent == top && has_inf) {
    const std::uint64_t payload = static_cast<std::uint64_t>(mantissa) << (52 - mantissa_bits);
    return std::bit_cast<double>(sign64 | 0x7ff0000000000000ull | payload);
  }
  if (!has_inf && exponent == top && mantissa == (1u << mantissa_bits) - 1)
    return std::bit_cast<double>(sign64 | 0x7ff8000000000000ull);
  if (exponent == 0) {
    double value = static_cast<double>(mantissa);
    for (int i = 0; i < bias - 1 + mantissa_bits; ++i) value *= 0.5;
    return sign ? -value : value;
  }
  const std::uint64_t exponent64 = static_cast<std::uint64_t>(exponent - bias + 1023);
  return std::bit_cast<double>(sign64 | exponent64 << 52 |
                               static_cast<std::uint64_t>(mantissa) << (52 - mantissa_bits));
}

// Narrows with round-to-nearest-even; overflow gives infinity, or the largest finite value where
// the format has no infinity (e4m3, as the OCP FP8 specification's saturating mode).
constexpr std::uint32_t narrow(double value, int exponent_bits, int mantissa_bits, bool has_inf) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = bits & ~(1ull << 63), infinity = 0x7ffull << 52;
  const std::uint32_t sign = static_cast<std::uint32_t>(bits >> 63)
                             << (exponent_bits + mantissa_bits);
  const std::uint32_t top = (1u << exponent_bits) - 1, one = 1u << mantissa_bits;
  if (magnitude > infinity) return sign | top << mantissa_bits | (one - 1);  // NaN
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(magnitude >> 52) - 1023;
  const int below = exponent < 1 - bias ? 1 - bias - exponent : 0;  // powers of two; subnormal
  const int drop = 52 - mantissa_bits + below;                      // bits that do not fit
  if (drop > 53) return sign;
  const std::uint64_t significand = (magnitude & ((1ull << 52) - 1)) | 1ull << 52;
  const std::uint64_t rest = significand & ((1ull << drop) - 1), half = 1ull << (drop - 1);
  std::uint32_t code = static_cast<std::uint32_t>(significand >> drop);
  if (rest > half || (rest == half && code % 2 == 1)) ++code;  // a carry goes into the exponent
  if (below == 0) code += static_cast<std::uint32_t>(exponent + bias - 1) << mantissa_bits;
  const std::uint32_t overflow = has_inf ? top << mantissa_bits : (top << mantissa_bits) + one - 2;
  return sign | (code < overflow ? code : overflow);
}

template <class T>
T load_as(const void* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

}  // namespace detail

// fp16 / bf16 bit patterns to and from float, for reference code and simple kernels.
inline float bf16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}
inline std::uint16_t float_to_bf16(float value) {  // round to nearest even; NaN stays NaN
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
inline float fp16_to_float(std::uint16_t bits) {
  return static_cast<float>(detail::widen(bits, 5, 10, true));
}
inline std::uint16_t float_to_fp16(float value) {
  return static_cast<std::uint16_t>(detail::narrow(value, 5, 10, true));
}

// The real value of the element at `p` (the real part for complex dtypes; int64 above 2^53 rounds).
inline double load_real(Dtype d, const void* p) {
  using namespace detail;
  switch (d) {
    case Dtype::fp64:
    case Dtype::complex128: return load_as<double>(p);
    case Dtype::fp32:
    case Dtype::complex64: return load_as<float>(p);
    case Dtype::tf32: return std::bit_cast<float>(load_as<std::uint32_t>(p) & 0xffffe000u);
    case Dtype::fp16: return widen(load_as<std::uint16_t>(p), 5, 10, true);
    case Dtype::bf16: return bf16_to_float(load_as<std::uint16_t>(p));
    case Dtype::fp8_e4m3: return widen(load_as<std::uint8_t>(p), 4, 3, false);
    case Dtype::fp8_e5m2: return widen(load_as<std::uint8_t>(p), 5, 2, true);
    case Dtype::int8: return load_as<std::int8_t>(p);
    case Dtype::int16: return load_as<std::int16_t>(p);
    case Dtype::int32: return load_as<std::int32_t>(p);
    case Dtype::int64: return static_cast<double>(load_as<std::int64_t>(p));
    case Dtype::uint8:
    case Dtype::boolean: return load_as<std::uint8_t>(p);
  }
  return 0;
}

// Stores a real value, rounded to nearest even for floats; integers are truncated and must fit.
inline void store_real(Dtype d, void* p, double value) {
  const auto put = [p](auto v) { std::memcpy(p, &v, sizeof v); };
  using detail::narrow;
  switch (d) {
    case Dtype::fp64:
    case Dtype::complex128: return put(value);
    case Dtype::fp32:
    case Dtype::complex64: return put(static_cast<float>(value));
    case Dtype::tf32: {
      const std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      return put((bits + 0xfff + (bits >> 13 & 1)) & 0xffffe000u);
    }
    case Dtype::fp16: return put(static_cast<std::uint16_t>(narrow(value, 5, 10, true)));
    case Dtype::bf16: return put(static_cast<std::uint16_t>(narrow(value, 8, 7, true)));
    case Dtype::fp8_e4m3: return put(static_cast<std::uint8_t>(narrow(value, 4, 3, false)));
    case Dtype::fp8_e5m2: return put(static_cast<std::uint8_t>(narrow(value, 5, 2, true)));
    case Dtype::int8: return put(static_cast<std::int8_t>(value));
    case Dtype::int16: return put(static_cast<std::int16_t>(value));
    case Dtype::int32: return put(static_cast<std::int32_t>(value));
    case Dtype::int64: return put(static_cast<std::int64_t>(value));
    case Dtype::uint8: return put(static_cast<std::uint8_t>(value));
    case Dtype::boolean: return put(static_cast<std::uint8_t>(value != 0));
  }
}

}  // namespace aisp
