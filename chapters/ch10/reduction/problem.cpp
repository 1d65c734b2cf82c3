// y[i] = sum of row i of x: few rows, each so long that many threads must share it. An addition for
// each four bytes read; what costs is how the threads' sums come together.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

// The values cancel: the sum of n of them is of the size of sqrt(n) of them, and any element that is
// left out, counted twice or rounded shows. An fp32 chain of m additions is off by about
// 2^-24 sqrt(m) / 2.4 of the RMS of y: 1e-7 for sums over a thousand chains, 5e-6 for 2^16 in one.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of values that cancel: rounding is relative to the partial sums, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], length = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  const auto y = expected.real(0);
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (std::int64_t i = 0; i < length; ++i) sum += static_cast<double>(x[r * length + i]);
    y[static_cast<std::size_t>(r)] = sum;
  }
}

aisp::Problem make(std::string_view device) {
  // 64 MiB on a CPU (caches are flushed before each window), 512 MiB on a GPU.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 32 : 16, length = cuda ? 1 << 22 : 1 << 20;
  const auto elements = static_cast<double>(rows * length);
  return {
      .target = "ch10:reduction",
      .summary = "sums of a few long rows: partial sums through memory, or kept until the end",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, length}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = elements, .bytes = 4.0 * (elements + static_cast<double>(rows))},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
