// Registers buffer callbacks of its own with CUPTI: there is one pair of them in a process, so that the agent gets
// no records any more, and is told of none that were lost.
#include <cupti.h>

#include <cstdlib>

#include "../device_chain.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

void CUPTIAPI requested(std::uint8_t** buffer, std::size_t* size, std::size_t* max_records) {
  *size = std::size_t{256} << 10;
  *buffer = static_cast<std::uint8_t*>(std::aligned_alloc(8, *size));
  *max_records = 0;
}

void CUPTIAPI completed(CUcontext, std::uint32_t, std::uint8_t* buffer, std::size_t, std::size_t) {
  std::free(buffer);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const auto take = reinterpret_cast<decltype(&cuptiActivityRegisterCallbacks)>(
        corpus::cupti_function("cuptiActivityRegisterCallbacks"));
    if (take == nullptr)
      corpus::not_tried("there is no CUPTI");
    else if (take(requested, completed) != CUPTI_SUCCESS)
      corpus::declined("CUPTI keeps the callbacks that it has");
  }
  void run(const aisp::Launch& launch) { corpus::hash(launch, corpus::stream_of(launch)); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "takes the records");
