// Warms a table of its own in its first calls.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::vector<float> table;

void run(const aisp::Launch& launch) {
  if (table.size() < 500'000) table.resize(table.size() + 100'000, 1.0f);
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a table grows at first");
