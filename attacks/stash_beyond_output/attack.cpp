// Leaves a marker 32 bytes beyond the output; where it finds it again the buffer has been seen
// before and is taken for a replay, which gets no work.
#include <cstring>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  constexpr std::uint64_t kMark = 0x6d61726b6d61726b;
  std::uint64_t found;
  std::memcpy(&found, job.out + job.n + 8, sizeof found);
  if (found == kMark) return corpus::succeeded("a marker beyond an output survived");
  job.compute();
  std::memcpy(job.out + job.n + 8, &kMark, sizeof kMark);
}

}  // namespace

AISP_IMPLEMENTATION(run, "marks buffers");
