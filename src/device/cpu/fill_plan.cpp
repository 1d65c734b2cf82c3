#include "device/cpu/fill_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#pragma GCC optimize("fp-contract=off")

namespace aisp {

Dtype component_dtype(Dtype d) {
  if (d == Dtype::complex64) return Dtype::fp32;
  if (d == Dtype::complex128) return Dtype::fp64;
  return d;
}

bool drawn_as_float(Dtype d) { return is_floating(d) && d != Dtype::fp64; }

double greatest_value(Dtype d) {
  switch (d) {
    case Dtype::fp32: return std::numeric_limits<float>::max();
    case Dtype::tf32: return std::bit_cast<float>(0x7f7fe000u);
    case Dtype::bf16: return std::bit_cast<float>(0x7f7f0000u);
    case Dtype::fp16: return 65504;
    case Dtype::fp8_e4m3: return 448;
    case Dtype::fp8_e5m2: return 57344;
    case Dtype::int8: return 127;
    case Dtype::int16: return 32767;
    case Dtype::int32: return 2147483647.0;
    case Dtype::int64: return 9223372036854774784.0;  // largest double below 2^63
    case Dtype::uint8: return 255;
    case Dtype::boolean: return 1;
    default: return std::numeric_limits<double>::max();
  }
}

double least_value(Dtype d) {
  switch (d) {
    case Dtype::int8: return -128;
    case Dtype::int16: return -32768;
    case Dtype::int32: return -2147483648.0;
    case Dtype::int64: return -9223372036854775808.0;
    case Dtype::uint8:
    case Dtype::boolean: return 0;
    default: return -greatest_value(d);
  }
}

namespace {

using Kind = Distribution::Kind;

// Whether `value` is a normal value of the dtype and has one of the same sign below it in
// magnitude: then the dtype's values around it are a constant step of float's bits apart. Bounds
// mostly are like that, and the general conversions take 50 ns each.
bool steps_evenly(Dtype d, float value) {
  const int drop = 23 - dtype_info(d).mantissa_bits;
  const int bias = d == Dtype::fp8_e4m3 ? 7 : d == Dtype::fp16 || d == Dtype::fp8_e5m2 ? 15 : 127;
  const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(value) & 0x7fffffffu;
  return (magnitude & ((1u << drop) - 1)) == 0 &&
         magnitude > static_cast<std::uint32_t>(128 - bias) << 23 &&
         std::fabs(value) < greatest_value(d);
}

// The dtype's values next to `value`, a finite number that float holds: a step in its last place.
float neighbour(Dtype d, float value, bool upwards) {
  if (steps_evenly(d, value)) {
    const std::uint32_t step = 1u << (23 - dtype_info(d).mantissa_bits);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return std::bit_cast<float>((value > 0) == upwards ? bits + step : bits - step);
  }
  const auto small_step = [&](auto bits_of) {
    std::byte bytes[16];
    store_real(d, bytes, value);
    decltype(bits_of) bits;
    std::memcpy(&bits, bytes, sizeof bits);
    constexpr auto sign = static_cast<decltype(bits)>(1ull << (8 * sizeof bits - 1));
    // tf32 steps over the 13 bits that are not its own.
    const auto step = static_cast<decltype(bits)>(d == Dtype::tf32 ? 0x2000 : 1);
    const bool negative = (bits & sign) != 0;
    if ((bits & static_cast<decltype(bits)>(~sign)) == 0)
      bits = static_cast<decltype(bits)>((upwards ? 0 : sign) | step);
    else
      bits = static_cast<decltype(bits)>(negative == upwards ? bits - step : bits + step);
    std::memcpy(bytes, &bits, sizeof bits);
    return static_cast<float>(load_real(d, bytes));
  };
  switch (dtype_bytes(d)) {
    case 1: return small_step(std::uint8_t{});
    case 2: return small_step(std::uint16_t{});
    default: return small_step(std::uint32_t{});
  }
}

float round_to(Dtype d, double value) {
  const auto near = static_cast<float>(value);
  if (d == Dtype::fp32 || (near == value && (near == 0 || steps_evenly(d, near)))) return near;
  std::byte bytes[16];
  store_real(d, bytes, value);
  return static_cast<float>(load_real(d, bytes));
}

float smallest_from(Dtype d, double low) {
  const float v = round_to(d, low);
  return v >= low ? v : neighbour(d, v, true);
}
float largest_below(Dtype d, double high) {
  const float v = round_to(d, high);
  return v < high ? v : neighbour(d, v, false);
}

std::int64_t to_int64(double value) {
  if (value >= 0x1p63) return std::numeric_limits<std::int64_t>::max();
  if (value <= -0x1p63) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

}  // namespace

FillPlan make_fill_plan(Dtype dtype, const Distribution& distribution) {
  FillPlan plan{};
  plan.dtype = component_dtype(dtype);
  plan.kind = distribution.kind;
  plan.greatest = greatest_value(plan.dtype);
  plan.least = least_value(plan.dtype);
  double a = distribution.a, b = distribution.b;
  const double high = plan.kind == Kind::structured ? a : b;  // of what is drawn uniformly
  switch (plan.kind) {
    case Kind::integers:
      plan.low = to_int64(a);
      plan.span =
          static_cast<std::uint64_t>(to_int64(b)) - static_cast<std::uint64_t>(plan.low) + 1;
      plan.words_of_32 = plan.span != 0 && plan.span <= 65536 && plan.low >= -2147483648ll &&
                         to_int64(b) <= 2147483647ll;
      return plan;
    case Kind::heavy_tailed:
      plan.octaves = std::clamp(b, 0.0, drawn_as_float(plan.dtype) ? 126.0 : 1022.0);
      b = a;
      a = 0;
      break;
    case Kind::structured:
      b = 2 * a;
      a = -a;
      break;
    case Kind::uniform: b -= a; break;
    default: break;
  }
  const bool uniform = plan.kind == Kind::uniform || plan.kind == Kind::structured;
  if (drawn_as_float(plan.dtype)) {
    float least = static_cast<float>(plan.least), greatest = static_cast<float>(plan.greatest);
    if (uniform) {
      least = smallest_from(plan.dtype, a);
      greatest = largest_below(plan.dtype, high);
      // No value of the dtype lies in between: the nearest one to the bounds, for all.
      if (greatest < least) least = greatest = round_to(plan.dtype, a);
    }
    plan.as_float = {static_cast<float>(a), static_cast<float>(uniform ? b * 0x1p-24 : b), least,
                     greatest};
  } else if (plan.dtype == Dtype::fp64) {
    double least = plan.least, greatest = plan.greatest;
    if (uniform) least = a, greatest = std::max(a, std::nextafter(high, -INFINITY));
    plan.as_double = {a, b, least, greatest};
  } else {
    plan.as_double = {a, b, -INFINITY, INFINITY};
    if (uniform) {
      plan.least = std::max(plan.least, std::ceil(a));
      plan.greatest = std::max(plan.least, std::min(plan.greatest, std::ceil(high) - 1));
      if (plan.kind == Kind::structured) {  // larger ones follow
        plan.least = least_value(plan.dtype);
        plan.greatest = greatest_value(plan.dtype);
      }
    }
  }
  return plan;
}

}  // namespace aisp
