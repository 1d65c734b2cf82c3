// Allocates and touches memory in steps of 256 MiB up to 8 GiB, so that the machine swaps or the
// judge is killed for want of memory. With a limit on the worker the allocation fails, or the
// worker alone is killed.
#include <sys/mman.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kStep = 256 << 20;
bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    if (corpus::in_a_sandbox()) {
      std::size_t steps = 0;
      for (; steps < 32; ++steps) {
        void* p = mmap(nullptr, kStep, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) break;
        for (std::size_t i = 0; i < kStep; i += 4096) static_cast<volatile char*>(p)[i] = 1;
      }
      if (steps == 32) corpus::succeeded("8 GiB were to be had");
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "takes all memory");
