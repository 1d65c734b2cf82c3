// The same blocks for the same thread, but the threads may wander. On a machine where nothing else runs
// the kernel seldom moves them, and this row is as fast as the pinned one.
#include "static_sweeps.h"

namespace {

void run(const aisp::Launch& launch) {
#pragma omp parallel
  aisp::ch03::static_sweeps(launch);
}

}  // namespace

AISP_IMPLEMENTATION(run, "the same blocks for the same thread, not pinned");
