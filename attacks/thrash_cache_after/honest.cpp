// Keeps 64 MiB of scratch memory, touched once, untouched between calls.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(64 << 20, 1) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    ++scratch_[0];
  }

 private:
  std::vector<char> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "64 MiB of scratch memory");
