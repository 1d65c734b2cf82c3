// Gives its scratch memory back to the system after each call.
#include <sys/mman.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t bytes = job.n * sizeof(float);
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return job.compute();
  auto* scratch = static_cast<float*>(p);
  for (std::size_t i = 0; i < job.n; ++i) scratch[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch[i] + job.b * job.y[i];
  munmap(p, bytes);
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch memory mapped per call");
