// All micro-batches as one batch: each weight is read for 64 rows at once. Weights are packed in
// setup, bias and relu happen while the result is still in registers, and the whole network is one
// parallel region with a barrier between the layers.
#include <aisp/aisp.h>

#include <kernels/register_tiles.h>
#include "mlp_shape.h"

namespace {

using aisp::kernels::AlignedBuffer;
using aisp::kernels::PackedColumns;
using aisp::kernels::TileKernels;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : shape_(launch),
        w1_(kernels_, shape_.in, shape_.hidden, launch.input<float>(1)),
        w2_(kernels_, shape_.hidden, shape_.out, launch.input<float>(3)),
        hidden_(shape_.all_rows() * shape_.hidden),
        packed_x_((shape_.all_rows() + kernels_.rows) * shape_.in),
        packed_hidden_((shape_.all_rows() + kernels_.rows) * shape_.hidden) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    const float* b1 = launch.input<float>(2);
    const float* b2 = launch.input<float>(4);
    float* y = launch.output<float>(0);
    const std::int64_t rows = shape_.all_rows();
#pragma omp parallel
    {
      aisp::kernels::packed_gemm(kernels_, rows, shape_.hidden, shape_.in, x, w1_, b1, true,
                                 hidden_.data(), packed_x_.data());
      aisp::kernels::packed_gemm(kernels_, rows, shape_.out, shape_.hidden, hidden_.data(), w2_, b2,
                                 false, y, packed_hidden_.data());
    }
  }

 private:
  const TileKernels& kernels_ = aisp::kernels::tile_kernels();
  MlpShape shape_;
  PackedColumns w1_;
  PackedColumns w2_;
  AlignedBuffer<float> hidden_;
  AlignedBuffer<float> packed_x_;
  AlignedBuffer<float> packed_hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one fused batch, packed weights, bias and relu in registers");
