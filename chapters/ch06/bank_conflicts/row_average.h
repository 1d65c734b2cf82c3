// The average along sixteen rows at once: sixteen chains, so that an addition need not wait for the one
// before. The walk goes down sixteen rows in each step; where those lie is up to the caller.
#pragma once

#include <cstdint>

namespace aisp::ch06 {

inline constexpr std::int64_t kRowsAtOnce = 16;

// y[l, j] = state[l] = decay * state[l] + x[l, j], j = 0 .. columns - 1; rows are `stride` floats apart.
// x and y may be the same.
inline void average_16_rows(std::int64_t columns, std::int64_t stride, float decay, const float* x,
                            float* y, float* state) {
  float s[kRowsAtOnce];
  for (int l = 0; l < kRowsAtOnce; ++l) s[l] = state[l];
  for (std::int64_t j = 0; j < columns; ++j)
#pragma GCC unroll 16
    for (int l = 0; l < kRowsAtOnce; ++l) {
      s[l] = decay * s[l] + x[l * stride + j];
      y[l * stride + j] = s[l];
    }
  for (int l = 0; l < kRowsAtOnce; ++l) state[l] = s[l];
}

// What is left over when rows are not a multiple of sixteen.
inline void average_row(std::int64_t columns, float decay, const float* x, float* y) {
  float s = 0;
  for (std::int64_t j = 0; j < columns; ++j) y[j] = s = decay * s + x[j];
}

}  // namespace aisp::ch06
