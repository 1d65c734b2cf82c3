// One output after the other: x and w are read twice.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto x = launch.input_span<float>(0);
  const auto w = launch.input_span<float>(1);
  const auto sum = launch.output_span<float>(0);
  const auto product = launch.output_span<float>(1);
  for (std::size_t i = 0; i < x.size(); ++i) sum[i] = x[i] + w[i];
  for (std::size_t i = 0; i < x.size(); ++i) product[i] = x[i] * w[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "two loops");
