// When an element is right, and what is counted: the rule of verify/compare.h for one element, on
// the host and on the GPU.
#pragma once

#include <math.h>

#include <cstdint>

#include "aisp/dtype.h"
#include "device/cuda/kernels/numeric.h"

namespace aisp::cuda {

inline constexpr std::uint64_t kNoIndex = ~0ull;

AISP_FORMULA double infinity() { return double_of(0x7ff0000000000000ull); }
AISP_FORMULA double largest_double() { return double_of(0x7fefffffffffffffull); }
AISP_FORMULA bool finite_value(double v) { return fabs(v) <= largest_double(); }
AISP_FORMULA bool nan_value(double v) { return v != v; }
AISP_FORMULA bool infinite_value(double v) { return fabs(v) > largest_double(); }

struct Limits {
  double base;  // atol + rms * RMS(want), finite
  double rtol;
  double smallest_normal;
  bool exact;    // integers: all tolerances are zero
  bool boolean;  // integers: values other than 0 and 1 are wrong
};

// What has been seen of some elements. Order does not matter, but for the last bits of sums.
struct Tally {
  double error_sum_squares = 0;
  double want_sum_squares = 0;
  double max_abs_error = 0;
  double max_ratio = 0;
  std::uint64_t worst_index = kNoIndex;      // the least of those with max_ratio, if that is not 0
  std::uint64_t first_bad_index = kNoIndex;  // the least mismatch
  std::uint64_t mismatches = 0;
  std::uint64_t nans = 0;
  std::uint64_t infs = 0;
  std::uint64_t denormals_flushed = 0;
};

AISP_FORMULA void note_worst(Tally& t, double ratio, std::uint64_t index) {
  if (ratio > t.max_ratio || (ratio == t.max_ratio && ratio > 0 && index < t.worst_index)) {
    t.max_ratio = ratio;
    t.worst_index = index;
  }
}

AISP_FORMULA void note_bad(Tally& t, std::uint64_t index) {
  ++t.mismatches;
  if (index < t.first_bad_index) t.first_bad_index = index;
}

AISP_FORMULA double ratio_of(double error, double allowed) {
  if (error == 0) return 0;
  return allowed > 0 ? error / allowed : infinity();
}

AISP_FORMULA double allowed_error(const Limits& limits, double size) {
  return sum(limits.base, product(limits.rtol, size));
}

AISP_FORMULA double larger(double a, double b) { return a < b ? b : a; }

AISP_FORMULA void judge_real(Tally& t, const Limits& limits, std::uint64_t index, double got,
                             double want) {
  const double size = fabs(want);
  if (got == 0 && size > 0 && size < limits.smallest_normal) ++t.denormals_flushed;
  if (finite_value(want)) t.want_sum_squares += product(size, size);
  if (finite_value(got) && finite_value(want)) {
    const double error = fabs(got - want);
    const double allowed = allowed_error(limits, size);
    t.error_sum_squares += product(error, error);
    t.max_abs_error = larger(t.max_abs_error, error);
    note_worst(t, ratio_of(error, allowed), index);
    if (got != want && !(error <= allowed)) note_bad(t, index);
    return;
  }
  if (got == want || (nan_value(got) && nan_value(want))) return;
  if (nan_value(got)) ++t.nans;
  if (infinite_value(got) && finite_value(want)) ++t.infs;
  t.max_abs_error = infinity();
  note_worst(t, infinity(), index);
  note_bad(t, index);
}

AISP_FORMULA double modulus(double re, double im) {
  const double square = sum(product(re, re), product(im, im));
  if (re == 0 && im == 0) return 0;
  return square > 1e-280 && square < 1e280 ? sqrt(square) : hypot(re, im);
}

// The component of a complex element that stands for it in reports: the one that is farther off.
AISP_FORMULA int reported_component(const double* got, const double* want) {
  double difference[2] = {0, 0};
  for (int c = 0; c < 2; ++c)
    if (finite_value(got[c]) && finite_value(want[c])) difference[c] = fabs(got[c] - want[c]);
  return difference[1] > difference[0] || nan_value(got[1]) ? 1 : 0;
}

AISP_FORMULA void judge_complex(Tally& t, const Limits& limits, std::uint64_t index,
                                const double* got, const double* want) {
  bool finite = true, special_right = true, got_nan = false, got_inf = false, want_nan = false,
       want_finite = true, flushed = false;
  double difference[2] = {0, 0};
  for (int c = 0; c < 2; ++c) {
    const double size = fabs(want[c]);
    flushed |= got[c] == 0 && size > 0 && size < limits.smallest_normal;
    want_finite &= finite_value(want[c]);
    want_nan |= nan_value(want[c]);
    got_nan |= nan_value(got[c]);
    got_inf |= infinite_value(got[c]);
    if (finite_value(got[c]) && finite_value(want[c])) {
      difference[c] = fabs(got[c] - want[c]);
      continue;
    }
    finite = false;
    special_right &= got[c] == want[c] || (nan_value(got[c]) && nan_value(want[c]));
  }
  if (flushed) ++t.denormals_flushed;
  if (want_finite) t.want_sum_squares += sum(product(want[0], want[0]), product(want[1], want[1]));
  if (!special_right) {
    if (got_nan && !want_nan) ++t.nans;
    if (got_inf && want_finite) ++t.infs;
    t.max_abs_error = infinity();
    note_worst(t, infinity(), index);
    note_bad(t, index);
    return;
  }
  const double error = modulus(difference[0], difference[1]);
  const double share = modulus(finite || finite_value(want[0]) ? want[0] : 0,
                               finite || finite_value(want[1]) ? want[1] : 0);
  const double allowed = allowed_error(limits, share);
  if (finite) t.error_sum_squares += product(error, error);
  t.max_abs_error = larger(t.max_abs_error, error);
  note_worst(t, ratio_of(error, allowed), index);
  if (error > 0 && !(error <= allowed)) note_bad(t, index);
}

AISP_FORMULA void judge_integer(Tally& t, const Limits& limits, std::uint64_t index,
                                std::int64_t got, std::int64_t want) {
  const double w = static_cast<double>(want);
  t.want_sum_squares += product(w, w);
  const std::uint64_t bits_got = static_cast<std::uint64_t>(got);
  const std::uint64_t bits_want = static_cast<std::uint64_t>(want);
  const bool not_bool = limits.boolean && bits_got > 1;
  if (got == want && !not_bool) return;
  const double error =
      static_cast<double>(got > want ? bits_got - bits_want : bits_want - bits_got);
  const double allowed = limits.exact ? 0 : allowed_error(limits, fabs(w));
  t.error_sum_squares += product(error, error);
  t.max_abs_error = larger(t.max_abs_error, error);
  note_worst(t, not_bool ? infinity() : ratio_of(error, allowed), index);
  if (not_bool || !(error <= allowed)) note_bad(t, index);
}

AISP_FORMULA void merge(Tally& into, const Tally& from) {
  into.error_sum_squares += from.error_sum_squares;
  into.want_sum_squares += from.want_sum_squares;
  into.max_abs_error = larger(into.max_abs_error, from.max_abs_error);
  note_worst(into, from.max_ratio, from.worst_index);
  if (from.first_bad_index < into.first_bad_index) into.first_bad_index = from.first_bad_index;
  into.mismatches += from.mismatches;
  into.nans += from.nans;
  into.infs += from.infs;
  into.denormals_flushed += from.denormals_flushed;
}

// --- elements -------------------------------------------------------------------------------

AISP_FORMULA constexpr bool is_complex_type(Dtype d) {
  return d == Dtype::complex64 || d == Dtype::complex128;
}
AISP_FORMULA constexpr bool is_integer_type(Dtype d) {
  return static_cast<std::uint32_t>(d) >= static_cast<std::uint32_t>(Dtype::int8) &&
         static_cast<std::uint32_t>(d) <= static_cast<std::uint32_t>(Dtype::boolean);
}
AISP_FORMULA constexpr std::uint32_t bytes_of_component(Dtype d) {
  switch (d) {
    case Dtype::fp64:
    case Dtype::int64:
    case Dtype::complex128: return 8;
    case Dtype::fp32:
    case Dtype::tf32:
    case Dtype::int32:
    case Dtype::complex64: return 4;
    case Dtype::fp16:
    case Dtype::bf16:
    case Dtype::int16: return 2;
    default: return 1;
  }
}

// Scaling moves the exponent's bias, and makes normal numbers of subnormal ones. `shifted` is the
// magnitude with its mantissa where float has it; from `special` on it is not a finite number.
AISP_FORMULA float widened(std::uint32_t shifted, std::uint32_t sign, std::uint32_t special,
                           float scale) {
  const std::uint32_t finite = bits_of(product(float_of(shifted), scale));
  return float_of((shifted >= special ? shifted | 0x7f800000u : finite) | sign);
}

// A component of a type that float holds; exact.
AISP_FORMULA float decoded_float(Dtype d, std::uint32_t bits) {
  switch (d) {
    case Dtype::tf32: return float_of(bits & 0xffffe000u);
    case Dtype::bf16: return float_of(bits << 16);
    case Dtype::fp16:
      return widened((bits & 0x7fffu) << 13, (bits & 0x8000u) << 16, 0x7c00u << 13, 0x1p112f);
    case Dtype::fp8_e5m2:
      return widened((bits & 0x7fu) << 21, (bits & 0x80u) << 24, 0x7cu << 21, 0x1p112f);
    case Dtype::fp8_e4m3:  // no infinities; all ones are NaN
      return widened((bits & 0x7fu) << 20, (bits & 0x80u) << 24, 0x7fu << 20, 0x1p120f);
    default: return float_of(bits);
  }
}

AISP_FORMULA double decoded_real(Dtype d, std::uint64_t bits) {
  if (d == Dtype::fp64 || d == Dtype::complex128) return double_of(bits);
  return decoded_float(d, static_cast<std::uint32_t>(bits));
}

AISP_FORMULA std::int64_t decoded_integer(Dtype d, std::uint64_t bits) {
  switch (d) {
    case Dtype::int8: return static_cast<std::int8_t>(bits);
    case Dtype::int16: return static_cast<std::int16_t>(bits);
    case Dtype::int32: return static_cast<std::int32_t>(bits);
    case Dtype::int64: return static_cast<std::int64_t>(bits);
    default: return static_cast<std::uint8_t>(bits);
  }
}

}  // namespace aisp::cuda
