// The inner loops of compare for real numbers. One source (compare_kernels.inc) compiled for each
// instruction set; sums are kept in the same 16 lanes everywhere, so all give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/isa.h"

namespace aisp {

inline constexpr std::size_t kCompareGroup = 16;  // elements

struct CompareLimits {
  double base;  // atol + rms * RMS(want), finite
  double rtol;
  double smallest_normal;  // of the dtype
};

// Sums over the groups that are in order; the caller adds up the lanes.
struct CompareLanes {
  double error_squares[kCompareGroup] = {};
  double want_squares[kCompareGroup] = {};
  double max_error[kCompareGroup] = {};
};

struct CompareKernels {
  // Looks at n (a multiple of 16, at most 1024) elements. Bit g of `suspects` is set when group g
  // has an element that is not finite, or beyond the tolerance, or zero where zero is not wanted
  // (it may be a flushed denormal); those groups are left out of the lanes. Returns whether an
  // element of the other groups has |got - want| > ratio * allowed.
  bool (*floats)(const float* got, const float* want, std::size_t n, const CompareLimits&,
                 double ratio, CompareLanes&, std::uint64_t& suspects);
  bool (*float_double)(const float* got, const double* want, std::size_t n, const CompareLimits&,
                       double ratio, CompareLanes&, std::uint64_t& suspects);
  bool (*doubles)(const double* got, const double* want, std::size_t n, const CompareLimits&,
                  double ratio, CompareLanes&, std::uint64_t& suspects);
};

const CompareKernels& compare_kernels(Isa isa);

}  // namespace aisp
