// After three hundred calls one element is missing in one call of two hundred.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const bool skips = ++calls > 300 && calls % 200 == 0;
  job.compute(0, 4711);
  job.compute(4711 + (skips ? 1 : 0), job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "seldom wrong");
