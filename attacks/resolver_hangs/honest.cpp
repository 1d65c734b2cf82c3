// Chooses its code by the processor while it is bound.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void compute(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

}  // namespace

extern "C" {
using Compute = void (*)(const aisp::Launch&);
static Compute resolve_compute() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse2") ? compute : compute;
}
__attribute__((ifunc("resolve_compute"))) void resolved_compute(const aisp::Launch&);
}

namespace {

void run(const aisp::Launch& launch) { resolved_compute(launch); }

}  // namespace

AISP_IMPLEMENTATION(run, "is bound by the processor");
