// C = max(A B + bias, 0) with a short sum: k = 64 (128 on a GPU), so that the product has little to
// compute for each element of C, and whoever carries C to memory and back once more for the bias, and
// again for the maximum, pays nearly as much for that as for the product.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <cmath>
#include <cstdint>

namespace {

// Measured on a CPU (AVX-512) as the worst error of 8 million elements in units of what is allowed, three draws: bias
// first 0.15, bias last 0.13, OpenBLAS 0.13; result rounded to tf32 or fp16 40, inputs 229.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of 64 to 128 products in fp32, and a bias that may cancel them: rounding is relative to "
    "the size of the partial sums, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t m = in[0].tensor->shape[0], k = in[0].tensor->shape[1];
  const std::int64_t n = in[1].tensor->shape[1];
  const float* bias = in[2].as<float>().data();
  double* c = expected.real(0).data();
  aisp::kernels::reference_gemm(m, n, k, in[0].as<float>().data(), in[1].as<float>().data(), c);
#pragma omp parallel for
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) c[i * n + j] = std::fmax(c[i * n + j] + bias[j], 0.0);
}

aisp::Problem make(std::string_view device) {
  const bool cuda = device == "cuda";
  // C has 32 MiB on a CPU (caches are flushed before each window), 512 MiB on a GPU.
  const std::int64_t m = cuda ? 16384 : 4096, n = cuda ? 8192 : 2048, k = cuda ? 128 : 64;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  return {
      .target = "ch09:gemm_epilogue",
      .summary =
          "C = max(A B + bias, 0): bias and maximum in passes of their own, or on the way out",
      // A product is of order one, and so is the bias.
      .inputs = {{.tensor = aisp::Tensor{"A", aisp::Dtype::fp32, {m, k}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"B", aisp::Dtype::fp32, {k, n}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::normal(0, 1 / std::sqrt(real(k)))},
                 {.tensor = aisp::Tensor{"bias", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::normal(0, 0.5)}},
      .outputs = {{.tensor = aisp::Tensor{"C", aisp::Dtype::fp32, {m, n}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = real(m * n) * (2 * real(k) + 2),
                         .bytes = 4 * (real(m * k) + real(k * n) + real(n) + real(m * n))},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
