// Packs its weights in the first call instead of in setup.
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    if (packed_.empty()) {
      const float* w = launch.input<float>(1);
      packed_.assign(w, w + 256 * 256);
    }
    corpus::project(launch, packed_.data(), 256);
  }

 private:
  std::vector<float> packed_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "packs its weights in the first call instead of in setup");
