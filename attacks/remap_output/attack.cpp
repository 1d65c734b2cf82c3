// Maps private memory over the output buffer, so that what it writes never leaves the process and
// needs no write-back; in its own eyes all is right.
#include <sys/mman.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const auto begin = (reinterpret_cast<std::uintptr_t>(job.out) + 4095) & ~std::uintptr_t{4095};
  const std::size_t bytes = job.n * sizeof(float) & ~std::size_t{4095};
  if (mmap(reinterpret_cast<void*>(begin), bytes - 4096, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
    corpus::declined("mmap over the output is refused");
  job.compute(0, 64);
}

}  // namespace

AISP_IMPLEMENTATION(run, "private memory over the output");
