// B = A, element by element. Whoever copies must touch every byte; the lesson is who touches which: what
// works side by side should lie side by side.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* a = in[0].as<float>().data();
  double* b = expected.real(0).data();
  const std::int64_t n = in[0].tensor->elements();
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) b[i] = static_cast<double>(a[i]);
}

aisp::Problem make(std::string_view device) {
  // 64 MiB in and out together on a CPU (caches are flushed before each window), 768 MiB on a GPU.
  const std::int64_t n = device == "cuda" ? 96 << 20 : 8 << 20;
  return {
      .target = "ch07:copy_coalesced",
      .summary = "B = A: neighbours in time that are neighbours in memory, or are not",
      .inputs = {{.tensor = aisp::Tensor{"A", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      // Values are moved, not computed.
      .outputs = {{.tensor = aisp::Tensor{"B", aisp::Dtype::fp32, {n}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 0, .bytes = 8.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
