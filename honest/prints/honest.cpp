// Prints a line in every call.
#include <cstdio>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  std::printf("computed %zu elements\n",
              static_cast<std::size_t>(launch.output_tensor(0).elements));
}

}  // namespace

AISP_IMPLEMENTATION(run, "prints a line in every call");
