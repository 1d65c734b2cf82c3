// Touches its scratch memory in the first call of its life only.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    scratch_.resize(job.n);
    for (std::size_t i = 0; i < job.n; ++i) scratch_[i] = job.a * job.x[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch_[i] + job.b * job.y[i];
  }

 private:
  std::vector<float> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "scratch memory on first use");
