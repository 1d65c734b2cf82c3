// out = x * w with w a weight: the one that may be packed in setup.
#include <string_view>

#include "aisp/problem.h"

namespace {

constexpr std::int64_t rows_on(std::string_view device) { return device == "cuda" ? 512 : 64; }
constexpr std::int64_t kInner = 256;
constexpr std::int64_t kColumns = 256;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto x = in[0].as<float>();
  const auto w = in[1].as<float>();
  const auto out = expected.real(0);
#pragma omp parallel for if (x.size() > (1u << 16))
  for (std::size_t row = 0; row < out.size() / kColumns; ++row) {
    const auto sums = out.subspan(row * kColumns, kColumns);
    for (double& sum : sums) sum = 0;
    for (std::size_t k = 0; k < kInner; ++k) {
      const double factor = x[row * kInner + k];
      for (std::size_t column = 0; column < kColumns; ++column)
        sums[column] += factor * static_cast<double>(w[k * kColumns + column]);
    }
  }
}

aisp::Problem make(std::string_view device) {
  const std::int64_t rows = rows_on(device);
  return {
      .target = "testbed:project",
      .summary = device == "cuda"
                     ? "512x256 activations times a 256x256 weight, fp32: weights packed in setup"
                     : "64x256 activations times a 256x256 weight, fp32: weights packed in setup",
      .inputs = {{.tensor = aisp::Tensor{.name = "x", .shape = {rows, kInner}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)},
                 {.tensor = aisp::Tensor{.name = "w", .shape = {kInner, kColumns}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "out", .shape = {rows, kColumns}},
                   .tolerance = aisp::Tolerance{.rtol = 1e-5,
                                                .atol = 1e-8,
                                                .rms = 5e-6,
                                                .why = "256 signed products: a result near zero "
                                                       "keeps rounding errors of the size of the "
                                                       "RMS, about 16 * 2^-24 of it"}}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * static_cast<double>(rows * kInner * kColumns),
                         .bytes = 4.0 * static_cast<double>(rows * kInner + kInner * kColumns +
                                                            rows * kColumns)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make);
