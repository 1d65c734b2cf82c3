// Opens a library of the system in its first call.
#include <dlfcn.h>

#include <stdexcept>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  static const auto scale = [] {
    void* library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
    return library ? reinterpret_cast<float (*)(float)>(dlsym(library, "fabsf")) : nullptr;
  }();
  if (scale == nullptr) throw std::runtime_error("libm");
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scale(job.a) * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "opens a library of the system in its first call");
