// v[i] = sum over k of r[k] * g[i]^k: what one stream of rewards is worth under many discount factors.
// By Horner's rule a value is one chain of multiply-adds, each of which waits for the one before; the
// values are so few that a GPU gets no more than a warp for each of its schedulers out of them.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

// Rewards are not negative, so that no sum cancels (all values of a call are sums of the same rewards, and with
// signs all of them may be near zero at once). A step rounds to 2^-25 of the sum on average, and thousands
// of steps to sqrt(thousands) times that: 2e-6, a few times more in the worst of thousands of values.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of thousands of terms, each step of which rounds relative to "
    "the whole sum so far"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  constexpr std::int64_t kAtOnce = 16;
  const std::int64_t n = in[0].tensor->shape[0], terms = in[1].tensor->shape[0];
  const float* g = in[0].as<float>().data();
  const float* r = in[1].as<float>().data();
  double* v = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; i += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, n - i);
    double factor[kAtOnce] = {}, sum[kAtOnce] = {};
    for (std::int64_t l = 0; l < count; ++l) factor[l] = static_cast<double>(g[i + l]);
    for (std::int64_t k = terms - 1; k >= 0; --k)
      for (std::int64_t l = 0; l < kAtOnce; ++l)
        sum[l] = sum[l] * factor[l] + static_cast<double>(r[k]);
    for (std::int64_t l = 0; l < count; ++l) v[i + l] = sum[l];
  }
}

aisp::Problem make(std::string_view device) {
  const bool cuda = device == "cuda";
  const std::int64_t n = cuda ? 16384 : 4096, terms = cuda ? 8192 : 4096;
  const double products = static_cast<double>(n) * static_cast<double>(terms);
  return {
      .target = "ch06:ilp",
      .summary =
          "discounted sums by Horner's rule: one chain of multiply-adds, or eight side by side",
      .inputs = {{.tensor = aisp::Tensor{"g", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.9995, 1)},
                 {.tensor = aisp::Tensor{"r", aisp::Dtype::fp32, {terms}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"v", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2 * products,
                         .bytes = 4.0 * static_cast<double>(2 * n + terms),
                         // A polynomial may be told by its values in a few places.
                         .least_flops = 2.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
