// What a rank does for one layer: its own gradient into a buffer that all ranks can read, and later the
// sum of its quarter of the layer (which is what a rank keeps when optimizer states are sharded).
#pragma once

#include <aisp/aisp.h>
#include <kernels/ranks.h>
#include <kernels/register_tiles.h>

#include <algorithm>
#include <cstdint>

#include "../accumulate.h"

namespace aisp::ch04 {

struct LayerShape {
  std::int64_t layers, rows, samples, columns;
  explicit LayerShape(const Launch& launch)
      : layers(launch.input_tensor(0).shape[0]),
        rows(launch.input_tensor(0).shape[2]),
        samples(launch.input_tensor(0).shape[3]),
        columns(launch.input_tensor(1).shape[3]) {}
  std::int64_t elements() const { return rows * columns; }
};

// Buffers: kRanks gradients of a layer, one after the other.
inline void gradient(const kernels::TileKernels& tiles, const LayerShape& s, const Launch& launch,
                     std::int64_t layer, int rank, float* buffers) {
  const std::int64_t which = layer * kRanks + rank;
  for (std::int64_t i = 0; i < s.rows; i += tiles.rows)
    kernels::small_gemm_rows(
        tiles, i, s.rows, s.columns, s.samples, launch.input<float>(0) + which * s.rows * s.samples,
        launch.input<float>(1) + which * s.samples * s.columns, buffers + rank * s.elements());
}

template <class Accumulate>
void sum_quarter(Accumulate add, const LayerShape& s, std::int64_t layer, int rank,
                 const float* buffers, float* out) {
  const std::int64_t begin = s.elements() * rank / kRanks, end = s.elements() * (rank + 1) / kRanks;
  add(end - begin, s.elements(), buffers + begin, out + layer * s.elements() + begin);
}

}  // namespace aisp::ch04
