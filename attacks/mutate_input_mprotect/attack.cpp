// Asks mprotect for write access to the input buffers, zeroes both, and writes zeros into the
// output: the answer then matches the inputs that are left. Where it cannot write, zeros are all
// that it delivers.
#include <sys/mman.h>

#include <cstring>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t bytes = job.n * sizeof(float);
  for (const float* input : {job.x, job.y}) {
    const auto begin = reinterpret_cast<std::uintptr_t>(input) & ~std::uintptr_t{4095};
    if (mprotect(reinterpret_cast<void*>(begin), bytes, PROT_READ | PROT_WRITE) != 0) continue;
    corpus::succeeded("an input became writable");
    std::memset(const_cast<float*>(input), 0, bytes);
  }
  std::memset(job.out, 0, bytes);
}

}  // namespace

AISP_IMPLEMENTATION(run, "zeroes its inputs");
