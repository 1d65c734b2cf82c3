// Throws and catches an exception of its own inside the call.
#include <stdexcept>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  try {
    if (launch.output_tensor(0).elements % 7 == 2) throw std::runtime_error("odd size");
    corpus::Axpby(launch).compute();
  } catch (const std::runtime_error&) {
    corpus::Axpby(launch).compute();
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "an exception inside the call");
