// One thread, one loop: what a single core can draw from the memory.
#include <aisp/aisp.h>

namespace {

void run(const aisp::Launch& launch) {
  const auto b = launch.input_span<double>(0);
  const auto c = launch.input_span<double>(1);
  const auto a = launch.output_span<double>(0);
  const double q = launch.param("q");
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = b[i] + q * c[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "one thread");
