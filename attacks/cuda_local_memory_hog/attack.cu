// Makes the stack of each of the GPU's threads as large as its context may: the driver then takes local memory for
// all that could run at the same time, which no allocation of its own shows. Local memory is never given back.
#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

// A stack that cannot be told when it is compiled.
__device__ __noinline__ int deep(int depth, volatile int* out) {
  volatile int frame[64];
  frame[depth % 64] = depth;
  if (depth > 0) return deep(depth - 1, out) + frame[depth % 64];
  return *out;
}

__global__ void use_stack(int depth, int* out) { *out = deep(depth, out); }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : out_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::compute(corpus::Axpby(launch), stream);
    if (++calls_ == 40 && corpus::in_a_sandbox()) grow(stream);
  }

 private:
  void grow(cudaStream_t stream) {
    for (std::size_t bytes = std::size_t{512} << 10; bytes > 1024; bytes /= 2) {
      if (cudaDeviceSetLimit(cudaLimitStackSize, bytes) == cudaSuccess) {
        use_stack<<<1, 1, 0, stream>>>(2, out_.get());
        if (cudaGetLastError() == cudaSuccess) return;
      }
      cudaGetLastError();
    }
    corpus::declined("no stack of that size");
  }

  corpus::DeviceArray<int> out_;
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "takes local memory");
