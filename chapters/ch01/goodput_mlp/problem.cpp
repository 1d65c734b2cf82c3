// A two-layer perceptron over 64 micro-batches of one row (64 requests, one token each): y = relu(x
// W1 + b1) W2 + b2. A micro-batch does little work for each weight it reads, so that one by one
// they spend the time on reading the weights 64 times; the useful work per second (goodput) comes
// from doing them together.
#include <aisp/aisp.h>

#include <cmath>
#include <vector>

#include "../reference_gemm.h"

namespace {

constexpr std::int64_t kMicroBatches = 64, kRows = 1;
constexpr std::int64_t kIn = 512, kHidden = 1536, kOut = 512;  // 6 MiB of weights: more than an L2
constexpr std::int64_t kAllRows = kMicroBatches * kRows;

// Measured as the worst error in units of what is allowed, several draws: OpenBLAS 0.03, tiles with
// sums in one chain (AVX-512, AVX2 or plain loops) 0.08 to 0.10; result rounded to tf32 or fp16 17,
// to bf16 135; inputs and weights rounded to tf32 or fp16 31, to bf16 229.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 4e-5,
    "sums of 512 and 1536 products in fp32: rounding is relative to the size of the partial sums, "
    "not to the result, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* b1 = in[2].as<float>().data();
  const float* b2 = in[4].as<float>().data();
  std::vector<double> hidden(kAllRows * kHidden);
  aisp::ch01::reference_gemm(kAllRows, kHidden, kIn, in[0].as<float>().data(),
                             in[1].as<float>().data(), hidden.data());
  for (std::int64_t r = 0; r < kAllRows; ++r)
    for (std::int64_t j = 0; j < kHidden; ++j) {
      double& h = hidden[static_cast<std::size_t>(r * kHidden + j)];
      h = std::fmax(h + b1[j], 0.0);
    }
  double* y = expected.real(0).data();
  aisp::ch01::reference_gemm(kAllRows, kOut, kHidden, hidden.data(), in[3].as<float>().data(), y);
  for (std::int64_t r = 0; r < kAllRows; ++r)
    for (std::int64_t j = 0; j < kOut; ++j) y[r * kOut + j] += b2[j];
}

aisp::Input weight(std::string name, std::vector<std::int64_t> shape, double deviation) {
  return {.tensor = aisp::Tensor{std::move(name), aisp::Dtype::fp32, std::move(shape)},
          .role = aisp::Role::weight,
          .distribution = aisp::Distribution::normal(0, deviation)};
}

aisp::Problem make() {
  return {
      .target = "ch01:goodput_mlp",
      .summary = "MLP over 64 micro-batches of one row: one at a time, or as one fused batch",
      // Weights are scaled by 1/sqrt(fan-in), so that every layer's values are of order one, and
      // the biases are as large as what they are added to: leaving one out shows.
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kMicroBatches, kRows, kIn}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 weight("W1", {kIn, kHidden}, 1 / std::sqrt(static_cast<double>(kIn))),
                 weight("b1", {kHidden}, 0.5),
                 weight("W2", {kHidden, kOut}, 1 / std::sqrt(static_cast<double>(kHidden))),
                 weight("b2", {kOut}, 0.5)},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kMicroBatches, kRows, kOut}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = kAllRows * (2.0 * kIn * kHidden + 2.0 * kHidden +  // bias and relu
                                          2.0 * kHidden * kOut + 1.0 * kOut),
                     .bytes = 4.0 * (kAllRows * (kIn + kOut) + kIn * kHidden + kHidden +
                                     kHidden * kOut + kOut)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
