// C = A * B, fp32, 512 cubed: an A/A pair that is bound by arithmetic.
#include "aisp/problem.h"

#include <algorithm>

namespace {

constexpr std::int64_t kSize = 512;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  double* c = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < kSize; ++i) {
    std::fill(c + i * kSize, c + (i + 1) * kSize, 0.0);
    for (std::int64_t k = 0; k < kSize; ++k) {
      const double factor = a[i * kSize + k];
      for (std::int64_t j = 0; j < kSize; ++j)
        c[i * kSize + j] += factor * static_cast<double>(b[k * kSize + j]);
    }
  }
}

aisp::Input matrix(const char* name) {
  return {.tensor = aisp::Tensor{.name = name, .shape = {kSize, kSize}},
          .role = aisp::Role::activation,
          .distribution = aisp::Distribution::uniform(-1, 1)};
}

aisp::Problem make() {
  return {
      .target = "testbed:gemm512",
      .summary = "C = A*B, fp32, 512x512x512: an A/A pair that is bound by arithmetic",
      .inputs = {matrix("a"), matrix("b")},
      .outputs = {{.tensor = aisp::Tensor{.name = "c", .shape = {kSize, kSize}},
                   .tolerance = aisp::Tolerance{.rtol = 1e-5,
                                                .atol = 1e-8,
                                                .rms = 1e-5,
                                                .why = "512 signed products: a result near zero "
                                                       "keeps rounding errors of the size of the "
                                                       "RMS, about 23 * 2^-24 of it"}}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kSize * kSize * kSize, .bytes = 12.0 * kSize * kSize},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
