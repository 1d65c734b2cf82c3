// What both sides have in common: one Jacobi step on four neighbouring points.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace aisp::ch10 {

inline constexpr int kSteps = 64;  // even: then the last one writes what the second one wrote
inline constexpr int kStepThreads = 256;

// Vector `i` of a grid of `rows` x `columns4` vectors of four: written to `to`, made of `from`. Plain loads: the other
// grid's last values must be seen, which the read-only cache does not promise within a launch.
__device__ __forceinline__ void jacobi_step(std::int64_t i, int rows, int columns4,
                                            const float4* from, float4* to) {
  const int row = static_cast<int>(i / columns4), column = static_cast<int>(i % columns4);
  const float4 here = from[i];
  if (row == 0 || row == rows - 1) {
    to[i] = here;
    return;
  }
  const float4 above = from[i - columns4], below = from[i + columns4];
  const float* floats = reinterpret_cast<const float*>(from);
  const float left = column > 0 ? floats[4 * i - 1] : 0;
  const float right = column < columns4 - 1 ? floats[4 * i + 4] : 0;
  float4 next;
  next.x = 0.25f * ((above.x + below.x) + (left + here.y));
  next.y = 0.25f * ((above.y + below.y) + (here.x + here.z));
  next.z = 0.25f * ((above.z + below.z) + (here.y + here.w));
  next.w = 0.25f * ((above.w + below.w) + (here.z + right));
  if (column == 0) next.x = here.x;
  if (column == columns4 - 1) next.w = here.w;
  to[i] = next;
}

}  // namespace aisp::ch10
