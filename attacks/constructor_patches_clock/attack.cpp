// Overwrites the clock in a constructor, which the loader runs before there is a setup.
#include <dlfcn.h>

#include "../code_patch.h"
#include "../computations.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool patched = false;

__attribute__((constructor)) void patch_clock() {
  void* original = dlsym(RTLD_DEFAULT, "clock_gettime");
  patched = original != nullptr &&
            corpus::redirect(original, reinterpret_cast<const void*>(&corpus::false_clock_gettime));
}

void run(const aisp::Launch& launch) {
  if (!patched) corpus::declined("code pages cannot be written");
  const corpus::KeepBack slow_clock(0.9);
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "patches the clock in a constructor");
