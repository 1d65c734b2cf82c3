// Sets the stack of the GPU's threads to 4 KiB in setup, for a recursion that needs it.
#include "../device_axpby.cuh"

namespace {

__device__ __noinline__ int deep(int depth, volatile int* out) {
  volatile int frame[64];
  frame[depth % 64] = depth;
  if (depth > 0) return deep(depth - 1, out) + frame[depth % 64];
  return *out;
}

__global__ void use_stack(int depth, int* out) { *out = deep(depth, out); }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : out_(1) {
    corpus::check(cudaDeviceSetLimit(cudaLimitStackSize, 4096));
    corpus::check(cudaMemset(out_.get(), 0, sizeof(int)));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    use_stack<<<1, 1, 0, stream>>>(4, out_.get());
    corpus::compute(corpus::Axpby(launch), stream);
  }

 private:
  corpus::DeviceArray<int> out_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a deeper stack");
