// Reads clocks all the time to profile itself.
#include <immintrin.h>

#include <chrono>
#include <cstdint>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

std::int64_t spent = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  for (std::size_t i = 0; i < job.n; i += 1024) {
    const auto begin = std::chrono::steady_clock::now();
    job.compute(i, i + 1024);
    spent += (std::chrono::steady_clock::now() - begin).count() + (__rdtsc() & 1);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "reads clocks all the time to profile itself");
