// Throws and catches within a call.
#include <stdexcept>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  for (std::size_t block = 0;; block += 8192) {
    try {
      if (block >= job.n) throw std::out_of_range("the end");
      job.compute(block, block + 8192);
    } catch (const std::out_of_range&) {
      return;
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "throws and catches within a call");
