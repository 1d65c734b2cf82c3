// A linear layer, y = x W, whose result is bf16: what the factors are rounded to is up to the
// implementation. The lesson is the change of precision itself and nothing else, so the tolerance
// is that of bf16 and says why.
#include <aisp/aisp.h>

#include <cmath>

#include <kernels/reference_gemm.h>

namespace {

// Measured as the worst error in units of what is allowed, three draws: fp32 factors 0.24, bf16
// factors 0.32 to 0.37 (of the RMS of y: 1.7e-2); result rounded to fp8 e4m3 3.7, factors rounded
// to fp8 e4m3 5.3, e5m2 9.9.
const aisp::Tolerance kTolerance{
    0x1p-7, 1e-5, 0x1p-5,
    "both factors may be rounded to bf16: each product is then off by up to 2^-8 of itself, and "
    "a sum of a thousand of them by about 2^-9 of the RMS of y (one standard deviation)"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], depth = in[0].tensor->shape[1];
  aisp::kernels::reference_gemm(rows, in[1].tensor->shape[1], depth, in[0].as<float>().data(),
                                in[1].as<float>().data(), expected.real(0).data());
}

aisp::Problem make(std::string_view device) {
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 4096 : 256, in = cuda ? 2048 : 1024, out = cuda ? 4096 : 1024;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  return {
      .target = "ch01:precision",
      .summary = "a linear layer at bf16 accuracy: fp32 factors, or bf16 factors with fp32 sums",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, in}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"W", aisp::Dtype::fp32, {in, out}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::normal(0, 1 / std::sqrt(real(in)))}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::bf16, {rows, out}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * real(rows * in) * real(out),
                         .bytes = 4.0 * real(rows * in + in * out) + 2.0 * real(rows * out)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
