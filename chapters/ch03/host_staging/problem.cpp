// Eight batches from the host's memory, each through the same long chain y = a y + b on the device. The
// next batch can come over while one is being computed.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

const aisp::Tolerance kTolerance{1e-5, 1e-8, 2e-5,
                                 "a chain of 1024 products and sums in fp32: rounding is relative "
                                 "to the terms, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  // The chain is one product and one sum in the end, known in double precision before any x is.
  double a = 1, b = 0;
  const auto steps = static_cast<std::size_t>(in[1].tensor->elements());
  for (std::size_t s = 0; s < steps; ++s) {
    a *= in[1].as<float>()[s];
    b = in[1].as<float>()[s] * b + in[2].as<float>()[s];
  }
  const float* x = in[0].as<float>().data();
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) y[static_cast<std::size_t>(i)] = a * x[i] + b;
}

aisp::Problem make(std::string_view device) {
  const std::int64_t batches = 8, n = device == "cuda" ? 2 << 20 : 1 << 16;  // 8 MiB a batch
  constexpr std::int64_t kSteps = 1024;
  const auto steps = [](const char* name, double low, double high) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {kSteps}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::uniform(low, high)};
  };
  return {
      .target = "ch03:host_staging",
      .summary = "batches from the host: copy, compute, copy, compute, or the next one meanwhile",
      .inputs = {{.tensor = aisp::Tensor{.name = "x",
                                         .dtype = aisp::Dtype::fp32,
                                         .shape = {batches, n},
                                         .placement = aisp::Placement::host},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 // Products of 1024 factors stay near one, so that x is still there at the end.
                 steps("a", 0.99, 1.01),
                 steps("b", -0.02, 0.02)},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {batches, n}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // Whoever sees that the chain is one product and one sum needs no more than these.
      .work = aisp::Work{.flops = 2.0 * static_cast<double>(batches * n),
                         .bytes = 8.0 * static_cast<double>(batches * n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
