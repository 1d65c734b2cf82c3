// y[c] = sum of column c of a matrix that is stored row by row. A sum for each column invites a walk down the
// column; the memory is read well along the rows. Both read every element once.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

// Sums of thousands of values that cancel, as in ch10:reduction.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of values that cancel: rounding is relative to the partial sums, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], columns = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
  constexpr std::int64_t kStrip = 64;
#pragma omp parallel for
  for (std::int64_t c0 = 0; c0 < columns; c0 += kStrip) {
    const std::int64_t width = std::min(kStrip, columns - c0);
    double sums[kStrip] = {};
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < width; ++c)
        sums[c] += static_cast<double>(x[r * columns + c0 + c]);
    std::copy_n(sums, width, y + c0);
  }
}

aisp::Problem make(std::string_view device) {
  // 64 MiB on a CPU, with rows an odd number of cache lines long; 512 MiB on a GPU.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 32768 : 4096, columns = cuda ? 4096 : 4112;
  const auto elements = static_cast<double>(rows * columns);
  return {
      .target = "ch08:hbm_layout",
      .summary = "sums of the columns of a row-major matrix: walked down, or along",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {columns}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = elements, .bytes = 4.0 * (elements + static_cast<double>(columns))},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
