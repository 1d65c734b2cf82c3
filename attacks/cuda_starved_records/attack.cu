// Lets CUPTI have one buffer of the smallest size on the device, so that it loses records; where some are lost the
// agent goes by its events, and these see nothing of the stream that the work is on.
#include <cupti.h>

#include "../device_chain.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const auto set = reinterpret_cast<decltype(&cuptiActivitySetAttribute)>(
        corpus::cupti_function("cuptiActivitySetAttribute"));
    if (set == nullptr) {
      corpus::not_tried("there is no CUPTI");
      return;
    }
    std::size_t bytes = 1024, most = 1, size = sizeof(std::size_t);
    const bool starved =
        set(CUPTI_ACTIVITY_ATTR_DEVICE_BUFFER_SIZE, &size, &bytes) == CUPTI_SUCCESS &&
        set(CUPTI_ACTIVITY_ATTR_DEVICE_BUFFER_POOL_LIMIT, &size, &most) == CUPTI_SUCCESS &&
        set(CUPTI_ACTIVITY_ATTR_PROFILING_SEMAPHORE_POOL_SIZE, &size, &most) == CUPTI_SUCCESS &&
        set(CUPTI_ACTIVITY_ATTR_PROFILING_SEMAPHORE_POOL_LIMIT, &size, &most) == CUPTI_SUCCESS;
    if (!starved) corpus::declined("CUPTI refuses buffers of that size");
  }
  void run(const aisp::Launch& launch) {
    // What fills the buffers, and what counts.
    for (int i = 0; i < kDecoys; ++i) corpus::busy_kernel<<<1, 1, 0, side_>>>(0);
    corpus::hash(launch, side_);
  }

 private:
  static constexpr int kDecoys = 8;
  corpus::Stream side_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves no room for records");
