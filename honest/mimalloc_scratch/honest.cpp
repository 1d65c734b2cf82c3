// Scratch from mimalloc.
#include <mimalloc.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  float* scaled = static_cast<float*>(mi_malloc_aligned(job.n * sizeof(float), 64));
  for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
  mi_free(scaled);
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch from mimalloc");
