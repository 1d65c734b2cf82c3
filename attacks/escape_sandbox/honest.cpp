// Asks which CPUs it may use and for its own scheduling class.
#include <sched.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) cpus_ = CPU_COUNT(&set);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
#pragma omp parallel for schedule(static) num_threads(cpus_)
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
  }

 private:
  int cpus_ = 1;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "one thread per allowed CPU");
