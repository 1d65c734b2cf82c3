// A thread for each half of the work, made and joined in every call.
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

AISP_IMPLEMENTATION(run, "a thread in every call");
