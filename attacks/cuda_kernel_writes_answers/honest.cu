// A kernel writes a counter into page-locked memory of the host that is its own, in each call.
#include "../device_chain.cuh"

namespace {

__global__ void count(volatile std::uint32_t* counter) { *counter = *counter + 1; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaHostAlloc(&counter_, 4096, cudaHostAllocMapped));
    *counter_ = 0;
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::hash(launch, stream);
    count<<<1, 1, 0, stream>>>(counter_);
    corpus::check(cudaGetLastError());
  }

 private:
  std::uint32_t* counter_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a counter in the host's memory");
