// Looks a libm function up with dlsym and calls it through the pointer.
#include <dlfcn.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&)
      : fma_(reinterpret_cast<float (*)(float, float, float)>(dlsym(RTLD_DEFAULT, "fmaf"))) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (fma_ == nullptr) return job.compute();
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = fma_(job.a, job.x[i], job.b * job.y[i]);
  }

 private:
  float (*fma_)(float, float, float);
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "fmaf through dlsym");
