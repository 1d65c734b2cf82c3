// Allocates and frees its scratch in every call.
#include <memory>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const std::unique_ptr<float[]> scaled(new float[job.n]);
  for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "allocates and frees its scratch in every call");
