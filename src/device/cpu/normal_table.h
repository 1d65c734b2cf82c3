// Quantiles of the normal distribution as a table for piecewise-linear interpolation.
//
// t in (0, 2^24) stands for the upper-tail probability p = t * 2^-25 in (0, 1/2). Segments lie four
// to an octave of t, so that the index is the top of t's floating-point representation:
//   index = (bits(float(t)) >> 21) - 508,   z = base[index] + slope[index] * t   (>= 0)
// Knots are quantiles, z(p) with p = erfc(z / sqrt 2) / 2, for p >= 2^-20; the tail beyond is one
// straight line to 4.8 at p = 0. All of it is scaled by 0.9985... so that the interpolated variable
// has variance 1. Computed in double, entries rounded to float.
#pragma once

namespace aisp {

struct NormalTable {
  static constexpr int kEntries = 128;  // 96 used: 24 octaves of 4; the rest is for whole vectors
  alignas(64) float base[kEntries];
  alignas(64) float slope[kEntries];
};

const NormalTable& normal_table();

}  // namespace aisp
