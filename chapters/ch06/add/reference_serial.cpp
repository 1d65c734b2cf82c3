// One thread, one loop.
#include <aisp/aisp.h>

namespace {

void run(const aisp::Launch& launch) {
  const auto a = launch.input_span<float>(0);
  const auto b = launch.input_span<float>(1);
  const auto c = launch.output_span<float>(0);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = a[i] + b[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "one thread");
