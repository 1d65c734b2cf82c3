// Uses four megabytes of stack.
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

__attribute__((noinline)) void through_the_stack(const corpus::Axpby& job, int depth) {
  volatile char room[64 * 1024];
  room[0] = static_cast<char>(depth);
  if (depth > 0) through_the_stack(job, depth - 1);
  if (depth == 0) job.compute();
  room[1] = room[0];  // the frame is needed until here: no tail call
}

void run(const aisp::Launch& launch) { through_the_stack(corpus::Axpby(launch), 60); }

}  // namespace

AISP_IMPLEMENTATION(run, "uses four megabytes of stack");
