// A smoothing filter over an image: y[i, j] = sum of w[p] w[q] x[i + p, j + q], p and q = -2 .. 2, w = (1, 4,
// 6, 4, 1) / 16, and zero outside of the image. A tile of the result wants a tile of the image that is
// wider by two on all sides and may hang over the edge. The lesson is who fetches that.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

// Ten multiply-adds on values that may cancel.
const aisp::Tolerance kTolerance{1e-5, 1e-8, 1e-6,
                                 "sums of 25 values that cancel: rounding is relative to the "
                                 "values, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], columns = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
  constexpr double kWeights[5] = {0.0625, 0.25, 0.375, 0.25, 0.0625};
#pragma omp parallel
  {
    std::vector<double> column(static_cast<std::size_t>(columns + 4));
#pragma omp for
    for (std::int64_t i = 0; i < rows; ++i) {
      std::fill(column.begin(), column.end(), 0.0);
      for (std::int64_t p = -2; p <= 2; ++p)
        if (i + p >= 0 && i + p < rows)
          for (std::int64_t j = 0; j < columns; ++j)
            column[static_cast<std::size_t>(j + 2)] +=
                kWeights[p + 2] * static_cast<double>(x[(i + p) * columns + j]);
      for (std::int64_t j = 0; j < columns; ++j) {
        double sum = 0;
        for (std::int64_t q = 0; q < 5; ++q)
          sum += kWeights[q] * column[static_cast<std::size_t>(j + q)];
        y[i * columns + j] = sum;
      }
    }
  }
}

aisp::Problem make(std::string_view device) {
  // 64 MiB in and out together on a CPU, 512 MiB on a GPU.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 8192 : 2720, columns = cuda ? 8192 : 3088;
  const auto elements = static_cast<double>(rows * columns);
  return {
      .target = "ch07:tma_2d",
      .summary = "a 5 x 5 filter: tiles with a rim fetched by threads, or by the copy engine",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows, columns}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 18 * elements, .bytes = 8 * elements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
