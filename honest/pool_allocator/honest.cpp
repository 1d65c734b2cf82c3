// A pool that grows in the first calls and is reused from then on.
#include <memory_resource>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    std::pmr::vector<float> scaled(job.n, &pool_);
    for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
  }

 private:
  std::pmr::unsynchronized_pool_resource pool_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel,
                          "a pool that grows in the first calls and is reused from then on");
