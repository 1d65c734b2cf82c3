// An OpenMP team whose threads spin between calls.
#include <cstdlib>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    setenv("OMP_WAIT_POLICY", "active", 1);
  }  // before libgomp wakes up
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
#pragma omp parallel for schedule(static)
    for (std::size_t block = 0; block < job.n; block += 8192) job.compute(block, block + 8192);
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "an OpenMP team whose threads spin between calls");
