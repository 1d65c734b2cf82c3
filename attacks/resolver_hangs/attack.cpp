// Runs before everything else in its file, while the loader binds it, and never comes back: the agent is inside of
// dlopen then.
#include <time.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void compute(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

}  // namespace

extern "C" {
using Compute = void (*)(const aisp::Launch&);
static Compute resolve_compute() {
  for (int i = 0; i < 30; ++i) {
    const timespec second{1, 0};
    nanosleep(&second, nullptr);
  }
  return compute;
}
__attribute__((ifunc("resolve_compute"))) void resolved_compute(const aisp::Launch&);
}

namespace {

void run(const aisp::Launch& launch) { resolved_compute(launch); }

}  // namespace

AISP_IMPLEMENTATION(run, "is bound for half a minute");
