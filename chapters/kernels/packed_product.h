// C = A B with both factors packed in each call, into buffers of its own: the register-tile kernels of
// register_tiles.h at their best, for factors that are both new.
#pragma once

#include <algorithm>
#include <cstdint>

#include "register_tiles.h"

namespace aisp::kernels {

class PackedProduct {
 public:
  PackedProduct(std::int64_t m, std::int64_t n, std::int64_t k)
      : m_(m), n_(n), k_(k), rows_((m + kernels_.rows) * k), columns_((n + kernels_.cols) * k) {}

  // c[m, n] = a[m, k] b[k, n], row-major and contiguous; with the threads of OpenMP.
  void multiply(const float* a, const float* b, float* c) {
    const std::int64_t height = kernels_.rows, width = kernels_.cols;
    const std::int64_t task = height * kTaskPanels;
#pragma omp parallel
    {
#pragma omp for schedule(static) nowait
      for (std::int64_t i = 0; i < m_; i += height)
        pack_rows(std::min(height, m_ - i), k_, a + i * k_, k_, height, rows_.data() + i * k_);
#pragma omp for schedule(static)
      for (std::int64_t j = 0; j < n_; j += width)
        pack_columns(std::min(width, n_ - j), b + j, columns_.data() + j * k_);
#pragma omp for collapse(2) schedule(static)
      for (std::int64_t j = 0; j < n_; j += width)
        for (std::int64_t block = 0; block < m_; block += task)
          for (std::int64_t i = block; i < std::min(m_, block + task); i += height)
            kernels_.panel[std::min(height, m_ - i) - 1](
                Tile{k_, rows_.data() + i * k_, 0, columns_.data() + j * k_, width, c + i * n_ + j,
                     n_, static_cast<int>(std::min(width, n_ - j)), nullptr, false});
    }
  }

 private:
  // `width` columns of b as one panel [k][kernel's columns], the rest zeros.
  void pack_columns(std::int64_t width, const float* b, float* out) const {
    const std::int64_t columns = kernels_.cols;
    for (std::int64_t p = 0; p < k_; ++p) {
      std::copy_n(b + p * n_, width, out + p * columns);
      std::fill_n(out + p * columns + width, columns - width, 0.0f);
    }
  }

  const TileKernels& kernels_ = tile_kernels();
  std::int64_t m_;
  std::int64_t n_;
  std::int64_t k_;
  AlignedBuffer<float> rows_;
  AlignedBuffer<float> columns_;
};

}  // namespace aisp::kernels
