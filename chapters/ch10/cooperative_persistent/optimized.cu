// One cooperative launch: as many blocks as fit, each with the same points in all steps, and a grid-wide barrier
// between steps (CUDA C++ Programming Guide, "Cooperative Groups, Grid Synchronization").
#include <aisp/implementation.h>
#include <cooperative_groups.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <algorithm>
#include <cstdint>

#include "jacobi.cuh"

namespace {

using namespace aisp::ch10;

__global__ void __launch_bounds__(kStepThreads)
    all_steps(int rows, int columns4, const float4* x, float4* between, float4* y) {
  const auto grid = cooperative_groups::this_grid();
  const std::int64_t vectors = static_cast<std::int64_t>(rows) * columns4;
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kStepThreads + threadIdx.x;
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * kStepThreads;
  const float4* from = x;
  for (int step = 0; step < kSteps; ++step) {
    float4* const to = step % 2 == 0 ? between : y;
    for (std::int64_t i = first; i < vectors; i += stride) jacobi_step(i, rows, columns4, from, to);
    if (step + 1 < kSteps) grid.sync();
    from = to;
  }
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        columns4_(static_cast<int>(launch.input_tensor(0).shape[1] / 4)),
        between_(std::int64_t{4} * rows_ * columns4_) {
    aisp::kernels::require(launch.input_tensor(0).shape[1] % 4 == 0,
                           "rows of whole 16-byte vectors");
    int resident = 0;
    aisp::kernels::check(
        cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, all_steps, kStepThreads, 0),
        "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    const std::int64_t vectors = static_cast<std::int64_t>(rows_) * columns4_;
    const std::int64_t wanted = (vectors + kStepThreads - 1) / kStepThreads;
    blocks_ = static_cast<unsigned>(
        std::min<std::int64_t>(wanted, std::int64_t{resident} * aisp::kernels::multiprocessors()));
    aisp::kernels::require(blocks_ > 0, "not run: this kernel does not fit on a multiprocessor");
  }

  void run(const aisp::Launch& launch) {
    const float4* x = launch.input<float4>(0);
    float4* y = launch.output<float4>(0);
    auto* between = reinterpret_cast<float4*>(between_.data());
    void* arguments[] = {&rows_, &columns4_, &x, &between, &y};
    aisp::kernels::check(cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(all_steps),
                                                     dim3(blocks_), dim3(kStepThreads), arguments,
                                                     0, launch.stream<cudaStream_t>()),
                         "all_steps");
  }

 private:
  int rows_, columns4_;
  unsigned blocks_ = 0;
  aisp::kernels::DeviceBuffer<float> between_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one cooperative launch, a barrier of the grid for each step");
