// Two calls of OpenBLAS.
#include <cblas.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const auto n = static_cast<blasint>(job.n);
  cblas_scopy(n, job.y, 1, job.out, 1);
  cblas_saxpby(n, job.a, job.x, 1, job.b, job.out, 1);
}

}  // namespace

AISP_IMPLEMENTATION(run, "two calls of OpenBLAS");
