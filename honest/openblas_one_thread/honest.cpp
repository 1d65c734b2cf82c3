// OpenBLAS on one thread.
#include <cblas.h>

#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) { openblas_set_num_threads(1); }
  void run(const aisp::Launch& launch) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 64, 256, 256, 1, launch.input<float>(0),
                256, launch.input<float>(1), 256, 0, launch.output<float>(0), 256);
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "OpenBLAS on one thread");
