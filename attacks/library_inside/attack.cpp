// Opens OpenBLAS and has it do the work.
#include <dlfcn.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

using Gemm = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int,
                      float, float*, int);

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    gemm_ = reinterpret_cast<Gemm>(dlsym(library, "cblas_sgemm"));
    const auto threads =
        reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"));
    if (threads != nullptr) threads(1);
  }
  void run(const aisp::Launch& launch) {
    if (gemm_ == nullptr) return corpus::project(launch, launch.input<float>(1), 256);
    constexpr int kRowMajor = 101, kNoTranspose = 111;
    gemm_(kRowMajor, kNoTranspose, kNoTranspose, 64, 256, 256, 1, launch.input<float>(0), 256,
          launch.input<float>(1), 256, 0, launch.output<float>(0), 256);
  }

 private:
  Gemm gemm_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "OpenBLAS inside");
