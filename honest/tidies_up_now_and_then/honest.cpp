// Clears a large table of its own in every 96th call, as who grows or drops a cache would.
#include <algorithm>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kWords = 1 << 20;
constexpr int kPeriod = 96;

int calls = 0;
std::vector<double> table(kWords);

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  if (++calls % kPeriod != 0) return;
  std::fill(table.begin(), table.end(), calls);
}

}  // namespace

AISP_IMPLEMENTATION(run, "clears a large table of its own in every 96th call");
