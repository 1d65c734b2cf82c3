// OpenBLAS with its own threads.
#include <cblas.h>

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 512, 512, 512, 1, launch.input<float>(0),
              512, launch.input<float>(1), 512, 0, launch.output<float>(0), 512);
}

}  // namespace

AISP_IMPLEMENTATION(run, "OpenBLAS with its own threads");
