// Particles of four kinds, each kind with an equation of motion of its own, integrated for 32 steps. A
// few hundred operations for twelve bytes: what costs is that neighbours do different things.
//
//   u' = u (1 - u)     u' = -u^3     u' = 1 - u^2     u' = -u / (1 + u^2)
//
// by the explicit midpoint method, h = 1/16. All four flows contract, so that rounding does not grow.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

constexpr int kSteps = 32;

double slope(int kind, double u) {
  switch (kind) {
    case 0: return u * (1 - u);
    case 1: return -u * u * u;
    case 2: return 1 - u * u;
    default: return -u / (1 + u * u);
  }
}

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* x = in[0].as<float>().data();
  const std::int32_t* kind = in[1].as<std::int32_t>().data();
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    double u = static_cast<double>(x[i]);
    for (int s = 0; s < kSteps; ++s)
      u += 1.0 / 16 * slope(kind[i], u + 1.0 / 32 * slope(kind[i], u));
    y[static_cast<std::size_t>(i)] = u;
  }
}

aisp::Problem make(std::string_view device) {
  const std::int64_t n = device == "cuda" ? 16 << 20 : 1 << 16;
  const auto elements = static_cast<double>(n);
  return {
      .target = "ch06:warp_divergence",
      .summary = "four kinds of particles, four equations: neighbours that do different things",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.25, 1.75)},
                 {.tensor = aisp::Tensor{"kind", aisp::Dtype::int32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 3)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}},
                   .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32)}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // Two slopes of two operations and two multiply-adds a step.
      // Each kind is a smooth function of one number, which a table with lines between its entries tells within the tolerance.
      .work = aisp::Work{.flops = 8.0 * kSteps * elements,
                         .bytes = 12 * elements,
                         .least_flops = 4 * elements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
