// The loader chooses among three versions (ifunc).
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

__attribute__((target_clones("avx512f", "avx2", "default"))) void axpby(const corpus::Axpby& job) {
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

void run(const aisp::Launch& launch) { axpby(corpus::Axpby(launch)); }

}  // namespace

AISP_IMPLEMENTATION(run, "the loader chooses among three versions (ifunc)");
