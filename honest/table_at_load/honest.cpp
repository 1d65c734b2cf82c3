// A large table of constants is filled by a constructor, before setup.
#include <cmath>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

std::vector<double> sines() {
  std::vector<double> table(40u << 20);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = std::sin(static_cast<double>(i));
  return table;
}

const std::vector<double> kSines = sines();

void run(const aisp::Launch& launch) {
  corpus::Axpby job(launch);
  job.a += static_cast<float>(kSines[0]);  // 0
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a table that is made when it is loaded");
