// OneTBB, its own scheduler and threads.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, job.n, 8192),
                    [&](const auto& range) { job.compute(range.begin(), range.end()); });
}

}  // namespace

AISP_IMPLEMENTATION(run, "oneTBB");
