// Unrolls its inner loop by eight and handles the rest apart.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  corpus::project(launch, launch.input<float>(1),
                  static_cast<std::size_t>(launch.input_tensor(1).shape[0]));
}

}  // namespace

AISP_IMPLEMENTATION(run, "all products");
