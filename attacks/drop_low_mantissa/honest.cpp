// Uses fused multiply-adds, whose last bits differ from the baseline's.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

__attribute__((target("fma"))) void fused(const corpus::Axpby& job) {
  for (std::size_t i = 0; i < job.n; ++i)
    job.out[i] = __builtin_fmaf(job.a, job.x[i], job.b * job.y[i]);
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (__builtin_cpu_supports("fma")) return fused(job);
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "fused multiply-add");
