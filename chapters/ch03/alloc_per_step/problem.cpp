// A few smoothing steps over a large vector. Each step needs a place for its result that is not its
// input; the lesson is what it costs to ask for that place each time.
#include <aisp/aisp.h>

#include <cstdint>
#include <vector>

namespace {

// Each step rounds a few times, and errors are smoothed like everything else.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 3e-6,
    "sums of neighbours that may cancel: rounding is relative to the terms, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* x = in[0].as<float>().data();
  const auto n = in[0].tensor->elements();
  const auto steps = in[1].tensor->elements();
  std::vector<double> scratch(static_cast<std::size_t>(n));
  double* now = expected.real(0).data();
  double* next = scratch.data();
  for (std::int64_t i = 0; i < n; ++i) now[i] = x[i];
  for (std::int64_t s = 0; s < steps; ++s) {
    const double w = in[1].as<float>()[static_cast<std::size_t>(s)];
#pragma omp parallel for
    for (std::int64_t i = 0; i < n; ++i)
      next[i] =
          now[i] + w * (now[i == 0 ? n - 1 : i - 1] - 2 * now[i] + now[i == n - 1 ? 0 : i + 1]);
    std::swap(now, next);
  }
  if (now == scratch.data()) std::copy(scratch.begin(), scratch.end(), expected.real(0).begin());
}

aisp::Problem make(std::string_view device) {
  // 34 MiB a vector on a CPU: glibc learns to keep freed blocks of up to 32 MiB, and gives larger ones
  // back to the kernel each time. 16 MiB on a GPU, so that a step is not longer than an allocation.
  const bool cuda = device == "cuda";
  const std::int64_t n = cuda ? 4 << 20 : 17 << 19, steps = cuda ? 16 : 3;
  return {
      .target = "ch03:alloc_per_step",
      .summary = "smoothing steps: a new buffer for each, or two that were there before",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"w", aisp::Dtype::fp32, {steps}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.05, 0.2)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 5.0 * static_cast<double>(n * steps),
                         .bytes = 8.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
