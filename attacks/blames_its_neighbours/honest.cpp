// Touches a page of scratch of its own in setup.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(4096, 0x5a) {}
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  std::vector<unsigned char> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes scratch of its own in setup");
