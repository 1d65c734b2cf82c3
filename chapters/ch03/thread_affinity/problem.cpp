// Many sweeps over 32 independent blocks: x = a x + b for each sweep's a and b. A block fits in the L2 of
// a core many times over; what matters is that the same core sees it again in the next sweep.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "200 products and sums in a row: rounding is relative to the terms, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* x = in[0].as<float>().data();
  const float* a = in[1].as<float>().data();
  const float* b = in[2].as<float>().data();
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
  const std::int64_t sweeps = in[1].tensor->elements();
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    double value = x[i];
    for (std::int64_t s = 0; s < sweeps; ++s) value = a[s] * value + b[s];
    y[static_cast<std::size_t>(i)] = value;
  }
}

aisp::Problem make() {
  constexpr std::int64_t kBlocks = 32, kElements = 8192,
                         kSweeps = 200;  // 32 KiB a block, 1 MiB in all
  return {
      .target = "ch03:thread_affinity",
      .summary =
          "200 sweeps over 32 blocks: whoever is free, or always the same thread on the same core",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kBlocks, kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 // Products of 200 factors stay near one, so that x is still there at the end.
                 {.tensor = aisp::Tensor{"a", aisp::Dtype::fp32, {kSweeps}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.98, 1.02)},
                 {.tensor = aisp::Tensor{"b", aisp::Dtype::fp32, {kSweeps}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-0.05, 0.05)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kBlocks, kElements}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kBlocks * kElements * kSweeps,
                         .bytes = 4.0 * (2 * kBlocks * kElements + 2 * kSweeps),
                         // All sweeps composed are one.
                         .least_flops = 2.0 * kBlocks * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
