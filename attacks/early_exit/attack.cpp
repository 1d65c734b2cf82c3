// Adds up 224 of 256 products: an eighth less work, and a result that correlates with the right
// one to 0.93.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  corpus::project(launch, launch.input<float>(1),
                  static_cast<std::size_t>(launch.input_tensor(1).shape[0]) / 8 * 7);
}

}  // namespace

AISP_IMPLEMENTATION(run, "7 of 8 products");
