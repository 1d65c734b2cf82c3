// Starts 16 threads in each call and joins them.
#include <thread>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 16; ++t)
    threads.emplace_back([job, t] { job.compute(t * job.n / 16, (t + 1) * job.n / 16); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "16 threads per call");
