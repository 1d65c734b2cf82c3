// Computes all elements but one, at a place that differs from call to call. It saves nothing; it
// shows that every element of every call is looked at.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::size_t calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t left_out = ++calls * 7919 % job.n;
  job.compute(0, left_out);
  job.compute(left_out + 1, job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "all but one element");
