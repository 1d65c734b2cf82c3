// Reads OMP_NUM_THREADS to choose how many threads it uses.
#include <cstdlib>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const char* wanted = std::getenv("OMP_NUM_THREADS");
    threads_ = wanted != nullptr && std::atoi(wanted) == 1 ? 1 : 2;
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
  }

 private:
  int threads_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "threads by the environment");
