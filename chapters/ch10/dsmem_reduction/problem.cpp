// y[i] = sum of row i of x: many rows, each shared by eight blocks. What differs is where the blocks' sums meet.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// As ch10:reduction: values cancel, and an fp32 chain of m additions is off by about 2^-24 sqrt(m) / 2.4 of the RMS of y.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of values that cancel: rounding is relative to the partial sums, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], length = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  const auto y = expected.real(0);
#pragma omp parallel for
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t i = 0; i < length; ++i) sum += static_cast<double>(x[r * length + i]);
    y[static_cast<std::size_t>(r)] = sum;
  }
}

aisp::Problem make() {
  const std::int64_t rows = 2048, length = 65536;  // 512 MiB
  const auto elements = static_cast<double>(rows * length);
  return {
      .target = "ch10:dsmem_reduction",
      .summary =
          "sums of rows that eight blocks share: through memory, or from one block's shared memory "
          "to another's",
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

AISP_PROBLEM(make)
