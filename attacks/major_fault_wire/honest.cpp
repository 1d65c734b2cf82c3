// Counts its page faults to see whether its scratch memory is there.
#include <sys/resource.h>

#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : scratch_(launch.output_tensor(0).elements) {
    getrusage(RUSAGE_SELF, &usage_);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; ++i) scratch_[i] = job.b * job.y[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + scratch_[i];
  }

 private:
  std::vector<float> scratch_;
  rusage usage_{};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "counts its page faults");
