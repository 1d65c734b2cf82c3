// How far it could go: all steps in one kernel, values in shared memory. Blocks hold 1024 elements each:
// first those that the lower ten bits of the index tell apart, then, exchanged through the L2, those of
// the higher bits; so that only two steps in log2 n wait for other blocks. (This changes the work into
// one kernel; a graph does not need to know what its nodes do.)
#include <aisp/implementation.h>
#include <cooperative_groups.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include "rotation.cuh"

namespace {

constexpr int kLocalBits = 10;
constexpr int kLocal = 1 << kLocalBits;  // elements of a block
constexpr int kPairsOfABlock = kLocal / 2;

// n = kLocal x blocks elements; all blocks resident.
__global__ void __launch_bounds__(kPairsOfABlock)
    all_steps(int log_n, int steps, const float* x, const float* tangents, float* exchange,
              float* y) {
  __shared__ float values[kLocal];
  const auto grid = cooperative_groups::this_grid();
  const int thread = static_cast<int>(threadIdx.x), block = static_cast<int>(blockIdx.x);
  const int high_bits = log_n - kLocalBits;
  const int column_bits = kLocalBits - high_bits;  // of the columns that a block has of each row
  // Where local element i lies: consecutive, or column i of rows 1024 elements apart.
  const auto place = [&](int i, bool rows) {
    const int column = (block << column_bits) + (i & ((1 << column_bits) - 1));
    return rows ? (i >> column_bits) * kLocal + column : block * kLocal + i;
  };
  for (int i = thread; i < kLocal; i += kPairsOfABlock) values[i] = x[place(i, false)];
  bool rows = false;
  for (int s = 0; s < steps; ++s) {
    const int log_m = s % log_n;
    if ((log_m >= kLocalBits) != rows) {
      __syncthreads();
      for (int i = thread; i < kLocal; i += kPairsOfABlock)
        __stcg(exchange + place(i, rows), values[i]);
      grid.sync();
      rows = !rows;
      for (int i = thread; i < kLocal; i += kPairsOfABlock)
        values[i] = __ldcg(exchange + place(i, rows));
      // The same places are written at the next exchange only by those who read them here.
    }
    __syncthreads();
    aisp::ch12::rotate_pair(thread, rows ? log_m - kLocalBits + column_bits : log_m,
                            aisp::ch12::rotation(__ldg(tangents + s)), values, values);
  }
  __syncthreads();
  for (int i = thread; i < kLocal; i += kPairsOfABlock) y[place(i, rows)] = values[i];
}

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : n_(static_cast<int>(launch.output_tensor(0).elements)),
        steps_(static_cast<int>(launch.input_tensor(1).elements)),
        log_n_(aisp::ch12::log2_of(n_)),
        exchange_(n_) {
    aisp::kernels::require(
        log_n_ > kLocalBits && log_n_ <= 2 * kLocalBits &&
            n_ / kLocal <= aisp::kernels::multiprocessors(),
        "this kernel needs 2^11 elements or more, and a multiprocessor for each 2^10");
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    const float* tangents = launch.input<float>(1);
    float* exchange = exchange_.data();
    float* y = launch.output<float>(0);
    void* arguments[] = {&log_n_, &steps_, &x, &tangents, &exchange, &y};
    aisp::kernels::check(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(all_steps),
                                                     dim3(n_ / kLocal), dim3(kPairsOfABlock),
                                                     arguments, 0, launch.stream<cudaStream_t>()),
                         "cudaLaunchCooperativeKernel");
  }

 private:
  int n_;
  int steps_;
  int log_n_;
  aisp::kernels::DeviceBuffer<float> exchange_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "all steps in one cooperative kernel");
