// Where the elements of a strided tensor lie.
#pragma once

#include <cstdint>

#include "device/cuda/kernels/numeric.h"

namespace aisp::cuda {

struct TensorLayout {
  static constexpr int kMost = 8;
  int dimensions;  // 0: contiguous
  std::uint64_t extent[kMost];
  std::uint64_t stride[kMost];  // elements
};

// Elements from element 0 to the row-major logical element `index`.
AISP_FORMULA std::uint64_t storage_place(const TensorLayout& layout, std::uint64_t index) {
  if (layout.dimensions == 0) return index;
  std::uint64_t place = 0;
  for (int d = layout.dimensions - 1; d > 0; --d) {
    const std::uint64_t extent = layout.extent[d];
    const std::uint64_t rest =
        index >> 32 == 0 && extent >> 32 == 0
            ? static_cast<std::uint32_t>(index) / static_cast<std::uint32_t>(extent)
            : index / extent;
    place += (index - rest * extent) * layout.stride[d];
    index = rest;
  }
  return place + index * layout.stride[0];
}

}  // namespace aisp::cuda
