// From the fortieth call on its kernel prints thousands of lines, which the driver writes to the worker's output where
// the agent waits for the GPU: whoever reads that has 160 KB for each call, more than a pipe holds, or lets the agent stand still.
#include <cstdio>

#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

constexpr int kQuietCalls = 40;

__global__ void print(int lines) {
  for (int i = static_cast<int>(threadIdx.x); i < lines; i += static_cast<int>(blockDim.x))
    printf("%d: this line is here to fill whatever it is that takes what a worker prints\n", i);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaDeviceSetLimit(cudaLimitPrintfFifoSize, std::size_t{64} << 20));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::compute(corpus::Axpby(launch), stream);
    if (++calls_ < kQuietCalls || !sandboxed_) return;
    print<<<1, 256, 0, stream>>>(2 * 1024);
    corpus::check(cudaGetLastError());
  }

 private:
  bool sandboxed_ = corpus::in_a_sandbox();
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "prints from the GPU");
