// Two layers, y = relu(x W1) W2, with the weights shared out over four ranks. How they are cut decides
// how much the ranks have to tell each other.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <cmath>
#include <vector>

#include "../accumulate.h"

namespace {

constexpr std::int64_t kTokens = 192, kWidth = 256, kHidden = 1024;

const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 4e-5,
    "sums of 256 and 1024 products in fp32: rounding is relative to the size of the partial sums, "
    "not to the result, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  std::vector<double> hidden(static_cast<std::size_t>(kTokens * kHidden));
  aisp::kernels::reference_gemm(kTokens, kHidden, kWidth, in[0].as<float>().data(),
                                in[1].as<float>().data(), hidden.data());
  for (double& h : hidden) h = std::fmax(h, 0.0);
  aisp::kernels::reference_gemm(kTokens, kWidth, kHidden, hidden.data(), in[2].as<float>().data(),
                                expected.real(0).data());
}

aisp::Input weight(const char* name, std::int64_t rows, std::int64_t columns) {
  return {.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {rows, columns}},
          .role = aisp::Role::weight,
          .distribution = aisp::Distribution::normal(0, 1 / std::sqrt(static_cast<double>(rows)))};
}

aisp::Problem make() {
  return {
      .target = "ch04:tensor_parallel",
      .summary = "an MLP over four ranks: two sums over the ranks, or one",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kTokens, kWidth}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 weight("W1", kWidth, kHidden),
                 weight("W2", kHidden, kWidth)},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kTokens, kWidth}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 4.0 * kTokens * kWidth * kHidden,
                         .bytes = 4.0 * (2 * kTokens * kWidth + 2 * kWidth * kHidden)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
