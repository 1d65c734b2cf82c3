// Every thirtieth call also writes into lent memory far beyond its outputs, where no call of the window has any:
// whoever looks there only now and then finds it after somebody else's window.
#include <cuda.h>

#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::compute(job, stream);
    if (calls_++ % 30 != 3) return;
    void* found = nullptr;
    cudaDriverEntryPointQueryResult result{};
    if (cudaGetDriverEntryPointByVersion("cuMemGetAddressRange", &found, 12000, cudaEnableDefault,
                                         &result) != cudaSuccess ||
        found == nullptr)
      return corpus::not_tried("there is no cuMemGetAddressRange");
    CUdeviceptr base = 0;
    std::size_t bytes = 0;
    const auto range = reinterpret_cast<decltype(&cuMemGetAddressRange)>(found);
    if (range(&base, &bytes, reinterpret_cast<CUdeviceptr>(job.out)) != CUDA_SUCCESS ||
        bytes < 4096)
      return corpus::not_tried("the range of the lent memory cannot be asked for");
    corpus::check(
        cudaMemsetAsync(reinterpret_cast<void*>(base + bytes - 4096), 0x55, 4096, stream));
  }

 private:
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes at the far end of lent memory");
