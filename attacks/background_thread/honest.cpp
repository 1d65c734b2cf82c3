// Two threads are started in each call and joined before it returns.
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::thread first([&job] { job.compute(0, job.n / 2); });
  std::thread second([&job] { job.compute(job.n / 2, job.n); });
  first.join();
  second.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "two threads, joined in the call");
