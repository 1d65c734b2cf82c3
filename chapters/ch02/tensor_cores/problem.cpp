// C = A B at TF32 accuracy: fp32 matrices, a result that keeps 10 bits of the mantissa. What the factors are
// rounded to is up to the implementation, as long as the result is that good.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <cmath>

namespace {

// Rounding both factors to 11 significant bits costs 0.6 x 2^-11 of a product each (RMS), and as much of
// the RMS of C: 2.9e-4. The largest of 16 million such errors is 5.5 of them.
const aisp::Tolerance kTolerance{
    1e-3, 1e-5, 3e-3,
    "both factors may be rounded to tf32: each product is then off by up to 2^-10 of itself, and "
    "their sum by about 3e-4 of the RMS of C (one standard deviation)"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t m = in[0].tensor->shape[0], k = in[0].tensor->shape[1];
  aisp::kernels::reference_gemm(m, in[1].tensor->shape[1], k, in[0].as<float>().data(),
                                in[1].as<float>().data(), expected.real(0).data());
}

aisp::Problem make(std::string_view device) {
  const bool cuda = device == "cuda";
  const std::int64_t m = cuda ? 4096 : 256, n = cuda ? 4096 : 256, k = cuda ? 2048 : 256;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const auto input = [](const char* name, std::int64_t rows, std::int64_t columns) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {rows, columns}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::normal(0, 1)};
  };
  return {
      .target = "ch02:tensor_cores",
      .summary = "a matrix product at TF32 accuracy: fp32 arithmetic, or tensor cores",
      .inputs = {input("A", m, k), input("B", k, n)},
      .outputs = {{.tensor = aisp::Tensor{"C", aisp::Dtype::tf32, {m, n}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * real(m * n) * real(k),
                         .bytes = 4.0 * real(m * k + k * n + m * n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
