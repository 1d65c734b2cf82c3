// Asks the driver for write access to the judge's inputs, which are mapped for reading, and
// zeroes them after it has computed.
#include <cuda.h>

#include "../device_axpby.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::compute(job, stream);
    if (!tried_) open(job.x);
    tried_ = true;
    if (open_) corpus::check(cudaMemsetAsync(const_cast<float*>(job.x), 0, 4096, stream));
  }

 private:
  void open(const float* x) {
    const auto range = reinterpret_cast<decltype(&cuMemGetAddressRange)>(
        corpus::driver_function("cuMemGetAddressRange_v2"));
    const auto access =
        reinterpret_cast<decltype(&cuMemSetAccess)>(corpus::driver_function("cuMemSetAccess"));
    CUdeviceptr begin = 0;
    std::size_t bytes = 0;
    CUmemAccessDesc writable{};
    writable.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    writable.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    open_ = range != nullptr && access != nullptr &&
            range(&begin, &bytes, reinterpret_cast<CUdeviceptr>(x)) == CUDA_SUCCESS &&
            access(begin, bytes, &writable, 1) == CUDA_SUCCESS;
    if (!open_) corpus::declined("the inputs cannot be made writable");
  }

  bool tried_ = false;
  bool open_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "zeroes its inputs");
