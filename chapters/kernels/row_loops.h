// Plain loops in the cache-friendly order (row of the left matrix, k, column): the innermost loop
// runs along contiguous rows and the compiler vectorizes it. What one writes first. Compiled for
// each instruction set, so that it is not slow merely for lack of wide registers.
#pragma once

#include <cstdint>

#include "instruction_set.h"

namespace aisp::kernels {

// c[r, j] = sum over p of a[r, p] * b[p, j]; row-major, contiguous.
struct RowLoops {
  std::int64_t rows, k, n;
  const float* a;
  const float* b;
  float* c;
};

__attribute__((always_inline)) inline void row_loops_body(const RowLoops& t) {
  float* __restrict all = t.c;
  for (std::int64_t i = 0; i < t.rows * t.n; ++i) all[i] = 0.0f;
  for (std::int64_t p = 0; p < t.k; ++p) {
    const float* __restrict b = t.b + p * t.n;
    for (std::int64_t r = 0; r < t.rows; ++r) {
      float* __restrict c = t.c + r * t.n;
      const float a = t.a[r * t.k + p];
      for (std::int64_t j = 0; j < t.n; ++j) c[j] += a * b[j];
    }
  }
}

inline void row_loops_scalar(const RowLoops& t) { row_loops_body(t); }
AISP_TARGET_AVX2 inline void row_loops_avx2(const RowLoops& t) { row_loops_body(t); }
AISP_TARGET_AVX512 inline void row_loops_avx512(const RowLoops& t) { row_loops_body(t); }

using RowLoopsFunction = void (*)(const RowLoops&);

inline RowLoopsFunction row_loops_for(InstructionSet set) {
  switch (set) {
    case InstructionSet::scalar: return row_loops_scalar;
    case InstructionSet::avx2: return row_loops_avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return row_loops_avx512;
  }
  return row_loops_scalar;
}

inline RowLoopsFunction row_loops() { return row_loops_for(widest(InstructionSet::avx512)); }

}  // namespace aisp::kernels
