// Nothing is counted and nothing is sniffed: the call is honest for half a second after loading,
// which covers checks and warm-up, and computes the first half of the output from then on.
#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  static const std::int64_t start = corpus::true_ns();
  const corpus::Axpby job(launch);
  job.compute(0, corpus::true_ns() - start < 500'000'000 ? job.n : job.n / 2);
}

}  // namespace

AISP_IMPLEMENTATION(run, "honest for half a second");
