// Keeps 256 MiB of scratch memory from setup on.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(256 << 20, 1) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    ++scratch_[scratch_.size() / 2];
  }

 private:
  std::vector<char> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "256 MiB of scratch memory");
