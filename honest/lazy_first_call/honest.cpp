// Builds a table in its first call and no more.
#include <cmath>
#include <mutex>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

std::once_flag once;
std::vector<float> table;

void run(const aisp::Launch& launch) {
  std::call_once(once, [] {
    for (int i = 0; i < 2'000'000; ++i) table.push_back(std::sin(static_cast<float>(i)));
  });
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "builds a table in its first call and no more");
