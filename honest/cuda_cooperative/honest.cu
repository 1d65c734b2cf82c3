// A cooperative launch: blocks write partial sums, all wait for each other, and then they are
// added.
#include <cooperative_groups.h>

#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void __launch_bounds__(256)
    sum_together(const float* in, float* partial, float* out, int rows, int columns) {
  const auto grid = cooperative_groups::this_grid();
  const int warps = static_cast<int>(gridDim.x * blockDim.x / 32);
  const int warp = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  const int half = columns / 2;
  for (int i = warp; i < 2 * rows; i += warps) {
    const float* values = in + static_cast<std::int64_t>(i) * half;
    float sum = 0;
    for (int k = static_cast<int>(threadIdx.x % 32); k < half; k += 32) sum += values[k];
    sum = corpus::sum_of_warp(sum);
    if (threadIdx.x % 32 == 0) partial[i] = sum;
  }
  grid.sync();
  for (int row = static_cast<int>(grid.thread_rank()); row < rows;
       row += static_cast<int>(grid.size()))
    out[row] = partial[2 * row] + partial[2 * row + 1];
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : partial_(launch.output_tensor(0).elements * 2) {
    int processors = 0;
    corpus::check(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0));
    blocks_ = static_cast<unsigned>(processors);
  }
  void run(const aisp::Launch& launch) {
    corpus::Rows job(launch);
    float* partial = partial_.get();
    void* arguments[] = {&job.in, &partial, &job.out, &job.rows, &job.columns};
    corpus::check(cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(&sum_together), blocks_,
                                              256, arguments, 0, corpus::stream_of(launch)));
  }

 private:
  corpus::DeviceArray<float> partial_;
  unsigned blocks_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a grid that waits");
