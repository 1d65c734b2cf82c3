// Exports a structure that can be written and changes its run() later.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int cheap(const aisp_launch* launch, void*) {
  const corpus::Axpby job{aisp::Launch(*launch)};
  job.compute(0, job.n / 4);
  return 0;
}

int honest_at_first(const aisp_launch* launch, void*);

}  // namespace

AISP_EXPORT aisp_implementation_v1 aisp_implementation;
aisp_implementation_v1 aisp_implementation = {
    AISP_ABI_VERSION, sizeof(aisp_implementation_v1), nullptr, honest_at_first, nullptr, "changes"};

namespace {

int honest_at_first(const aisp_launch* launch, void*) {
  static int calls = 0;
  corpus::Axpby(aisp::Launch(*launch)).compute();
  if (++calls == 200) aisp_implementation.run = cheap;
  return 0;
}

}  // namespace
