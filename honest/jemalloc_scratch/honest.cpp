// Scratch from jemalloc.
#include <jemalloc/jemalloc.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  float* scaled = static_cast<float*>(mallocx(job.n * sizeof(float), MALLOCX_ALIGN(64)));
  for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
  dallocx(scaled, 0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch from jemalloc");
