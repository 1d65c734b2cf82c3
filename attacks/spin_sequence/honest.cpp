// Starts a thread for half of the work and joins it.
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::thread half([&] { job.compute(0, job.n / 2); });
  job.compute(job.n / 2, job.n);
  half.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "half in a thread");
