// Scales the weights by a power of two in setup, which is exact.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    for (const float value : launch.input_span<float>(1)) packed_.push_back(value * 0.25f);
  }
  void run(const aisp::Launch& launch) {
    corpus::project(launch, packed_.data(),
                    static_cast<std::size_t>(launch.input_tensor(1).shape[0]));
    for (float& value : launch.output_span<float>(0)) value *= 4;
  }

 private:
  std::vector<float> packed_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "exactly scaled weights");
