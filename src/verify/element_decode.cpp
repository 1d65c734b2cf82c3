#include "verify/element_decode.h"

#include <array>
#include <bit>
#include <cstring>

namespace aisp {
namespace {

template <class Stored, class Out, class Decode>
void decode_each(const std::byte* from, std::size_t n, Out* out, const Decode& decode) {
  for (std::size_t i = 0; i < n; ++i) {
    Stored stored;
    std::memcpy(&stored, from + i * sizeof stored, sizeof stored);
    out[i] = static_cast<Out>(decode(stored));
  }
}

float from_fp16(std::uint16_t bits) {
  const std::uint32_t magnitude = static_cast<std::uint32_t>(bits & 0x7fffu) << 13;
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  // Scaling moves the exponent's bias, and makes normal numbers of subnormal ones.
  const std::uint32_t finite =
      std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  const bool special = magnitude >= 0x7c00u << 13;
  return std::bit_cast<float>((special ? magnitude | 0x7f800000u : finite) | sign);
}

std::array<double, 256> byte_table(Dtype dtype) {
  std::array<double, 256> table;
  for (unsigned i = 0; i < 256; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    table[i] = load_real(dtype, &byte);
  }
  return table;
}

}  // namespace

void decode_reals(Dtype dtype, const std::byte* from, std::size_t n, double* out) {
  switch (dtype) {
    case Dtype::fp32:
    case Dtype::complex64: return decode_each<float>(from, n, out, [](float v) { return v; });
    case Dtype::tf32:
      return decode_each<std::uint32_t>(
          from, n, out, [](std::uint32_t v) { return std::bit_cast<float>(v & 0xffffe000u); });
    case Dtype::fp16:
      return decode_each<std::uint16_t>(from, n, out, [](std::uint16_t v) { return from_fp16(v); });
    case Dtype::bf16:
      return decode_each<std::uint16_t>(from, n, out,
                                        [](std::uint16_t v) { return bf16_to_float(v); });
    case Dtype::fp8_e4m3: {
      static const std::array<double, 256> table = byte_table(Dtype::fp8_e4m3);
      return decode_each<std::uint8_t>(from, n, out, [](std::uint8_t v) { return table[v]; });
    }
    case Dtype::fp8_e5m2: {
      static const std::array<double, 256> table = byte_table(Dtype::fp8_e5m2);
      return decode_each<std::uint8_t>(from, n, out, [](std::uint8_t v) { return table[v]; });
    }
    default: std::memcpy(out, from, n * sizeof(double));
  }
}

void decode_integers(Dtype dtype, const std::byte* from, std::size_t n, std::int64_t* out) {
  const auto same = [](auto v) { return v; };
  switch (dtype) {
    case Dtype::int8: return decode_each<std::int8_t>(from, n, out, same);
    case Dtype::int16: return decode_each<std::int16_t>(from, n, out, same);
    case Dtype::int32: return decode_each<std::int32_t>(from, n, out, same);
    case Dtype::int64: return decode_each<std::int64_t>(from, n, out, same);
    default: return decode_each<std::uint8_t>(from, n, out, same);
  }
}

double smallest_normal(Dtype dtype) {
  switch (dtype) {
    case Dtype::fp64:
    case Dtype::complex128: return 0x1p-1022;
    case Dtype::fp16:
    case Dtype::fp8_e5m2: return 0x1p-14;
    case Dtype::fp8_e4m3: return 0x1p-6;
    default: return 0x1p-126;
  }
}

}  // namespace aisp
