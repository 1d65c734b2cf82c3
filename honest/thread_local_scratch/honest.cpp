// Scratch in thread_local vectors.
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  thread_local std::vector<float> scaled(64 * 1024);
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch in thread_local vectors");
