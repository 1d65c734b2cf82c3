// y = W x with a matrix that is larger than the caches and is copied once, in setup, as packed weights
// are. Who touches the copy first decides on which NUMA node it lies; who reads it in each call should
// be near. On a machine of one node both sides are the same, and the verdict should say so.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of 4096 products in fp32: rounding is relative to the partial sums, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], columns = in[0].tensor->shape[1];
  const float* w = in[0].as<float>().data();
  const float* x = in[1].as<float>().data();
  double* y = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < columns; ++c)
      sum += static_cast<double>(w[r * columns + c]) * static_cast<double>(x[c]);
    y[r] = sum;
  }
}

aisp::Problem make() {
  constexpr std::int64_t kRows = 6144, kColumns = 4096;  // 96 MiB
  return {
      .target = "ch03:numa_affinity",
      .summary =
          "matrix times vector: weights on one node, or on the node of the thread that reads them",
      .inputs = {{.tensor = aisp::Tensor{"W", aisp::Dtype::fp32, {kRows, kColumns}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::normal(0, 1.0 / 64)},
                 {.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kColumns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kRows}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kRows * kColumns,
                         .bytes = 4.0 * (kRows * kColumns + kRows + kColumns)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
