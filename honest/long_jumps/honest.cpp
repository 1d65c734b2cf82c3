// Setjmp and longjmp within a call.
#include <csetjmp>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  std::jmp_buf back;
  volatile std::size_t block = 0;
  if (setjmp(back) != 0) block = block + 8192;
  if (block >= job.n) return;
  job.compute(block, block + 8192);
  std::longjmp(back, 1);
}

}  // namespace

AISP_IMPLEMENTATION(run, "setjmp and longjmp within a call");
