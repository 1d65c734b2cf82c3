// Frees a large buffer in teardown.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(32 << 20, 1) {}
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  std::vector<char> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a buffer to free");
