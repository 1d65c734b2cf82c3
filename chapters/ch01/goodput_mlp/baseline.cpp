// One micro-batch at a time, each layer a parallel region whose end is a full synchronization: a
// server that answers requests as they come. Its kernels are those of the optimized version
// (weights packed in setup, bias and relu in registers); what it cannot have is more than one row
// for each weight that it reads, so it waits for the weights, 64 times.
#include <aisp/aisp.h>

#include <algorithm>
#include <vector>

#include <kernels/register_tiles.h>
#include "mlp_shape.h"

namespace {

using aisp::kernels::PackedColumns;
using aisp::kernels::Tile;
using aisp::kernels::TileKernels;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : shape_(launch),
        w1_(kernels_, shape_.in, shape_.hidden, launch.input<float>(1)),
        w2_(kernels_, shape_.hidden, shape_.out, launch.input<float>(3)),
        hidden_(static_cast<std::size_t>(shape_.rows * shape_.hidden)) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t x_step = shape_.rows * shape_.in, y_step = shape_.rows * shape_.out;
    for (std::int64_t i = 0; i < shape_.micro_batches; ++i) {
      layer(shape_.hidden, shape_.in, launch.input<float>(0) + i * x_step, w1_,
            launch.input<float>(2), true, hidden_.data());
      layer(shape_.out, shape_.hidden, hidden_.data(), w2_, launch.input<float>(4), false,
            launch.output<float>(0) + i * y_step);
    }
  }

 private:
  // Threads share the columns: each streams its own part of the weights, once.
  void layer(std::int64_t n, std::int64_t k, const float* x, const PackedColumns& w,
             const float* bias, bool relu, float* y) const {
    const std::int64_t cols = kernels_.cols;
#pragma omp parallel for schedule(static)
    for (std::int64_t j = 0; j < n; j += cols)
      for (std::int64_t r = 0; r < shape_.rows; r += kernels_.rows) {
        const auto height = std::min<std::int64_t>(kernels_.rows, shape_.rows - r);
        kernels_.direct[height - 1](Tile{k, x + r * k, k, w.panel(j), cols, y + r * n + j, n,
                                         static_cast<int>(std::min(cols, n - j)), bias + j, relu});
      }
  }

  const TileKernels& kernels_ = aisp::kernels::tile_kernels();
  MlpShape shape_;
  PackedColumns w1_;
  PackedColumns w2_;
  std::vector<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline,
                          "64 micro-batches one after another, a barrier after each layer");
