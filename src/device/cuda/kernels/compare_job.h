// What the comparison kernels get, and what they keep in scratch memory.
#pragma once

#include <cstdint>

#include "device/cuda/kernels/tensor_layout.h"

namespace aisp::cuda {

inline constexpr std::uint32_t kCompareThreads = 256;
// Of one set: whole waves on 132 multiprocessors. A constant, so that sums do not depend on the GPU.
inline constexpr std::uint32_t kMostCompareBlocks = 8 * 132;
inline constexpr std::uint64_t kCompareBlockBytes = 64 << 10;  // of the output

struct CompareJob {
  std::uint64_t got, got_stride;
  std::uint64_t want, want_stride;
  std::uint64_t elements;
  std::uint64_t poison;
  double base, rtol, smallest_normal;
  double rms;              // sum_want: the factor of RMS(want)
  std::uint64_t bases;     // double[sets] that sum_want has written; 0: `base` it is
  std::uint64_t counters;  // std::uint32_t[sets], zero
  std::uint64_t partials;  // ComparePartial[sets][gridDim.x]
  std::uint64_t stats;     // DeviceCompareStats[sets]
  std::uint32_t sets;
  bool exact;
  TensorLayout layout;
};

// What one block of threads has seen.
struct ComparePartial {
  double error_sum_squares, want_sum_squares, max_abs_error, max_ratio;
  std::uint64_t worst_index, first_bad_index;
  std::uint64_t mismatches, nans, infs, denormals_flushed, stale;
  std::uint32_t got_differs, want_differs;  // from element 0
};

}  // namespace aisp::cuda
