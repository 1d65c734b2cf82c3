// y = x + g u / (1 + |u|), u = s x + t: a gated, smoothly limited step, of seven elementwise operations. An
// array library runs them one after another, each over all of memory; twelve bytes an element are needed.
#include <aisp/aisp.h>

#include <cmath>
#include <cstdint>

namespace {

// Each operation is rounded once, relative to values of order one: s x + t and x + g (...) may cancel, and an
// error of 1e-7 then is large beside what is left of y, though not beside the other y.
// Measured on a CPU as the worst error of 4 million elements in units of what is allowed, three draws: 0.02, in one
// pass or seven; result rounded to tf32 or fp16 47, inputs 147.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-6,
    "two sums in fp32 that may cancel: rounding is relative to what is added, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* x = in[0].as<float>().data();
  const float* g = in[1].as<float>().data();
  const auto scale = static_cast<double>(static_cast<float>(in.param("scale")));
  const auto shift = static_cast<double>(static_cast<float>(in.param("shift")));
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    const double u = scale * x[i] + shift;
    y[static_cast<std::size_t>(i)] = x[i] + g[i] * (u / (1 + std::fabs(u)));
  }
}

aisp::Problem make(std::string_view device) {
  // 16 MiB for each array on a CPU (caches are flushed before each window), 256 MiB on a GPU.
  const std::int64_t n = device == "cuda" ? 64 << 20 : 4 << 20;
  return {
      .target = "ch09:elementwise_chain",
      .summary = "seven elementwise operations: a pass over memory for each, or one for all",
      // Gates stay away from zero, so that each x shows through its own.
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"g", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.5, 1.5)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {{"scale", 1.75}, {"shift", 0.375}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = 7.0 * static_cast<double>(n), .bytes = 12.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
