// A hundred milliseconds a call: a thousand times what it would need.
#include <chrono>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(100)) job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a hundred milliseconds a call");
