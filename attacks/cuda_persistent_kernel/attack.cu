// Overwrites cuCtxSynchronize so that it waits for launch.stream only. A kernel on another stream
// runs on between the windows, for 12 ms at a time; it is where one would prefetch, or compute
// ahead.
#include "../code_patch.h"
#include "../device_chain.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

constexpr unsigned long long kRunsNs = 12'000'000;  // a window is 4 ms

cudaStream_t the_stream = nullptr;

int wait_for_the_stream() { return cudaStreamSynchronize(the_stream) == cudaSuccess ? 0 : 999; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    the_stream = corpus::stream_of(launch);
    void* const wait = corpus::driver_function("cuCtxSynchronize");
    if (wait == nullptr ||
        !corpus::redirect(wait, reinterpret_cast<const void*>(&wait_for_the_stream)))
      corpus::not_tried("cuCtxSynchronize was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    if (cudaStreamQuery(side_) == cudaSuccess) corpus::busy_kernel<<<8, 32, 0, side_>>>(kRunsNs);
    cudaGetLastError();  // "not ready" is no error
    corpus::hash(launch, corpus::stream_of(launch));
  }

 private:
  corpus::Stream side_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a kernel that stays");
