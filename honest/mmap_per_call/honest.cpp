// Maps and unmaps its scratch in every call.
#include <sys/mman.h>

#include <new>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const std::size_t bytes = job.n * sizeof(float);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  float* scaled = static_cast<float*>(memory);
  for (std::size_t i = 0; i < job.n; ++i) scaled[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scaled[i] + job.b * job.y[i];
  munmap(memory, bytes);
}

}  // namespace

AISP_IMPLEMENTATION(run, "maps and unmaps its scratch in every call");
