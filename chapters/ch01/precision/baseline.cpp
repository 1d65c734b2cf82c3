// fp32 throughout, as well as it can be done: packed weights, result tiles in registers. Only the
// finished result is rounded to bf16.
#include <aisp/aisp.h>

#include <kernels/bf16_tiles.h>
#include <kernels/register_tiles.h>

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        in_(launch.input_tensor(0).shape[1]),
        out_(launch.input_tensor(1).shape[1]),
        weights_(kernels_, in_, out_, launch.input<float>(1)),
        packed_x_((rows_ + kernels_.rows) * in_),
        y_(rows_ * out_) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    std::uint16_t* y = launch.output<std::uint16_t>(0);
#pragma omp parallel
    {
      aisp::kernels::packed_gemm(kernels_, rows_, out_, in_, x, weights_, nullptr, false, y_.data(),
                                 packed_x_.data());
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < rows_; ++i)
        aisp::kernels::round_to_bf16(out_, y_.data() + i * out_, y + i * out_);
    }
  }

 private:
  const aisp::kernels::TileKernels& kernels_ = aisp::kernels::tile_kernels();
  std::int64_t rows_;
  std::int64_t in_;
  std::int64_t out_;
  aisp::kernels::PackedColumns weights_;
  aisp::kernels::AlignedBuffer<float> packed_x_;
  aisp::kernels::AlignedBuffer<float> y_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "fp32 factors, packed weights, result rounded to bf16");
