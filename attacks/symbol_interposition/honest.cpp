// Has an inner function with the name of a libc function, hidden as it should be.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

// Not libc's: another signature, and invisible outside.
void stpcpy(float* out, const corpus::Axpby& job) {
  for (std::size_t i = 0; i < job.n; ++i) out[i] = job.a * job.x[i] + job.b * job.y[i];
}

void run(const aisp::Launch& launch) { stpcpy(launch.output<float>(0), corpus::Axpby(launch)); }

}  // namespace

AISP_IMPLEMENTATION(run, "a hidden function with a known name");
