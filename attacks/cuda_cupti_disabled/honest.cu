// Asks CUPTI for its version, where it is in the process.
#include "../device_axpby.cuh"
#include "../libraries.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const auto version =
        reinterpret_cast<int (*)(std::uint32_t*)>(corpus::cupti_function("cuptiGetVersion"));
    if (version != nullptr) version(&version_);
  }
  void run(const aisp::Launch& launch) {
    corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  }

 private:
  std::uint32_t version_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "asks for a version");
