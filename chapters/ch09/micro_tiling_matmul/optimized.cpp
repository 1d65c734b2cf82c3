// Tiles in registers: 8 x 32 of the result (AVX-512; 6 x 16 with AVX2) stay there while all of k goes
// by, and both factors are packed first into the order in which the kernel reads them. Per step of k
// it loads 40 floats and multiplies 256 times; the cache tiles of the baseline do one load and one
// store for each vector of products.
#include <aisp/aisp.h>
#include <kernels/register_tiles.h>

#include <algorithm>

namespace {

using aisp::kernels::AlignedBuffer;
using aisp::kernels::Tile;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : m_(launch.input_tensor(0).shape[0]),
        n_(launch.input_tensor(1).shape[1]),
        k_(launch.input_tensor(0).shape[1]),
        packed_a_((m_ + kernels_.rows) * k_),
        packed_b_((n_ + kernels_.cols) * k_) {}

  void run(const aisp::Launch& launch) {
    const float* a = launch.input<float>(0);
    const float* b = launch.input<float>(1);
    float* c = launch.output<float>(0);
    const std::int64_t rows = kernels_.rows, cols = kernels_.cols;
    const std::int64_t task = rows * aisp::kernels::kTaskPanels;
#pragma omp parallel
    {
#pragma omp for schedule(static) nowait
      for (std::int64_t i = 0; i < m_; i += rows)
        aisp::kernels::pack_rows(std::min(rows, m_ - i), k_, a + i * k_, k_, rows,
                                 packed_a_.data() + i * k_);
#pragma omp for schedule(static)
      for (std::int64_t j = 0; j < n_; j += cols)
        pack_columns(std::min(cols, n_ - j), b + j, packed_b_.data() + j * k_);
#pragma omp for collapse(2) schedule(static)
      for (std::int64_t j = 0; j < n_; j += cols)
        for (std::int64_t block = 0; block < m_; block += task)
          for (std::int64_t i = block; i < std::min(m_, block + task); i += rows) {
            const std::int64_t height = std::min(rows, m_ - i);
            kernels_.panel[height - 1](
                Tile{k_, packed_a_.data() + i * k_, 0, packed_b_.data() + j * k_, cols,
                     c + i * n_ + j, n_, static_cast<int>(std::min(cols, n_ - j)), nullptr, false});
          }
    }
  }

 private:
  // Columns [0, width) of b[k, n] as one panel [k][cols], the rest zeros.
  void pack_columns(std::int64_t width, const float* b, float* out) const {
    const std::int64_t cols = kernels_.cols;
    for (std::int64_t p = 0; p < k_; ++p) {
      std::copy_n(b + p * n_, width, out + p * cols);
      std::fill_n(out + p * cols + width, cols - width, 0.0f);
    }
  }

  const aisp::kernels::TileKernels& kernels_ = aisp::kernels::tile_kernels();
  std::int64_t m_;
  std::int64_t n_;
  std::int64_t k_;
  AlignedBuffer<float> packed_a_;
  AlignedBuffer<float> packed_b_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "packed factors, tiles in registers");
