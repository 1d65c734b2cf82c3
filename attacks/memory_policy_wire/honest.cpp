// Asks for local memory for its own allocations before it makes them.
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

constexpr int kLocal = 4;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    syscall(SYS_set_mempolicy, kLocal, nullptr, 0);
    scratch_.resize(1 << 20);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  std::vector<float> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "scratch on its own node");
