// The same with stores past the caches, six bytes an element and not eight (chapter 6, `add`).
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

#include "widening_add.h"

namespace {

constexpr std::int64_t kTask = 1 << 16;  // elements

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::uint16_t* a = launch.input<std::uint16_t>(0);
  const std::uint16_t* b = launch.input<std::uint16_t>(1);
  std::uint16_t* c = launch.output<std::uint16_t>(0);
  // A vector store past the caches needs its own alignment.
  const aisp::ch07::AddRange add = reinterpret_cast<std::uintptr_t>(c) % 64 == 0
                                       ? aisp::ch07::add_range<true>()
                                       : aisp::ch07::add_range<false>();
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kTask) add(std::min(kTask, n - i), a + i, b + i, c + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "eight or sixteen elements at a time, non-temporal stores");
