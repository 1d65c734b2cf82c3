// Allocates, fills and frees many small blocks in each call.
#include <memory>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  std::vector<std::unique_ptr<int>> blocks;
  for (int i = 0; i < 100; ++i) blocks.push_back(std::make_unique<int>(i));
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "many small blocks");
