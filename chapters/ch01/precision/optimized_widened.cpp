// What bf16 does on a processor that cannot multiply it: the AVX2 kernel halves the bytes of the
// weights and pays for it with a widening in front of every FMA. This product waits for arithmetic,
// not for memory, so here the variant is expected to lose against the fp32 baseline.
#include <aisp/aisp.h>

#include <kernels/bf16_tiles.h>

namespace {

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        in_(launch.input_tensor(0).shape[1]),
        out_(launch.input_tensor(1).shape[1]),
        weights_(kernels_, in_, out_, launch.input<float>(1)),
        x_(kernels_, rows_, in_) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    std::uint16_t* y = launch.output<std::uint16_t>(0);
#pragma omp parallel
    aisp::kernels::packed_gemm_bf16(kernels_, rows_, out_, in_, x, weights_, y, x_);
  }

 private:
  const aisp::kernels::Bf16Kernels& kernels_ =
      aisp::kernels::bf16_kernels_for(aisp::kernels::widest(aisp::kernels::InstructionSet::avx2));
  std::int64_t rows_;
  std::int64_t in_;
  std::int64_t out_;
  aisp::kernels::PackedColumnsBf16 weights_;
  aisp::kernels::RoundedRows x_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "bf16 factors widened to fp32 in AVX2 registers");
