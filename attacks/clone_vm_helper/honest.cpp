// Std::async in each call, and get() before the return.
#include <future>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  auto second = std::async(std::launch::async, [&job] { job.compute(job.n / 2, job.n); });
  job.compute(0, job.n / 2);
  second.get();
}

}  // namespace

AISP_IMPLEMENTATION(run, "std::async, awaited");
