// A launch for each step. The next one begins when the last block of this one is done, and the GPU is empty in between.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

#include "jacobi.cuh"

namespace {

using namespace aisp::ch10;

__global__ void __launch_bounds__(kStepThreads)
    step(int rows, int columns4, const float4* from, float4* to) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kStepThreads + threadIdx.x;
  if (i < static_cast<std::int64_t>(rows) * columns4) jacobi_step(i, rows, columns4, from, to);
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        columns4_(static_cast<int>(launch.input_tensor(0).shape[1] / 4)),
        between_(std::int64_t{4} * rows_ * columns4_) {
    aisp::kernels::require(launch.input_tensor(0).shape[1] % 4 == 0,
                           "rows of whole 16-byte vectors");
  }

  void run(const aisp::Launch& launch) {
    const std::int64_t vectors = static_cast<std::int64_t>(rows_) * columns4_;
    const auto blocks = static_cast<unsigned>((vectors + kStepThreads - 1) / kStepThreads);
    auto* const between = reinterpret_cast<float4*>(between_.data());
    auto* const y = launch.output<float4>(0);
    const float4* from = launch.input<float4>(0);
    for (int i = 0; i < kSteps; ++i) {
      float4* const to = i % 2 == 0 ? between : y;
      step<<<blocks, kStepThreads, 0, launch.stream<cudaStream_t>()>>>(rows_, columns4_, from, to);
      aisp::kernels::check_launch("step");
      from = to;
    }
  }

 private:
  int rows_, columns4_;
  aisp::kernels::DeviceBuffer<float> between_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "64 launches");
