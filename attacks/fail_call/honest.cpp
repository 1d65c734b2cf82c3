// Handles an error of its own by falling back to another variant.
#include <memory>
#include <new>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::unique_ptr<float[]> scratch(new (std::nothrow) float[job.n]);
  if (scratch == nullptr) return job.compute();
  for (std::size_t i = 0; i < job.n; ++i) scratch[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "falls back without memory");
