// Asks CUPTI for the time, before and after its setup, as instrumented libraries do.
#include <cupti.h>

#include "../device_chain.cuh"
#include "../libraries.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const auto now =
        reinterpret_cast<decltype(&cuptiGetTimestamp)>(corpus::cupti_function("cuptiGetTimestamp"));
    if (now == nullptr) return;
    std::uint64_t begin = 0, end = 0;
    now(&begin);
    now(&end);
    took_ = end - begin;
  }
  void run(const aisp::Launch& launch) { corpus::hash(launch, corpus::stream_of(launch)); }

 private:
  std::uint64_t took_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "asks CUPTI for the time");
