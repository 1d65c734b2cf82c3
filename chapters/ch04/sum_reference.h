// The answer of an allreduce, for the problems of this chapter: trusted, and shares no code with the
// implementations.
#pragma once

#include <aisp/aisp.h>

#include <cstdint>

namespace aisp::ch04 {

// Sums of four values of order one that may cancel: three roundings of partial sums.
inline const Tolerance kSumTolerance{
    2e-7, 0, 1e-6, "sums of four terms that may cancel: rounding is relative to the terms"};

// x[..., ranks, n] -> y[..., ranks, n]: each rank gets the sum over all of them. `groups` leading ones.
inline void sum_over_ranks(std::int64_t groups, std::int64_t ranks, std::int64_t n, const float* x,
                           double* y) {
#pragma omp parallel for
  for (std::int64_t g = 0; g < groups; ++g)
    for (std::int64_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::int64_t r = 0; r < ranks; ++r) sum += x[(g * ranks + r) * n + i];
      for (std::int64_t r = 0; r < ranks; ++r) y[(g * ranks + r) * n + i] = sum;
    }
}

}  // namespace aisp::ch04
