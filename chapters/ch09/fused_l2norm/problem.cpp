// y = x / |x| for each row: four bytes in and four out for an element, and three operations. What remains in
// memory between the steps costs more than the steps.
#include <aisp/aisp.h>

#include <cmath>
#include <cstdint>

namespace {

// The sum of squares has positive terms only; the root halves its error; two roundings more. Well inside 1e-5.
const aisp::Tolerance kTolerance{1e-5, 1e-8, 0, {}};

constexpr std::int64_t kColumns = 2048;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* x = in[0].as<float>().data();
  const auto y = expected.real(0);
  const std::int64_t columns = kColumns;
  const auto rows = static_cast<std::int64_t>(y.size()) / columns;
#pragma omp parallel for
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
      const double v = x[r * columns + c];
      sum += v * v;
    }
    const double scale = 1 / std::sqrt(sum);
    for (std::int64_t c = 0; c < columns; ++c)
      y[static_cast<std::size_t>(r * columns + c)] = x[r * columns + c] * scale;
  }
}

aisp::Problem make(std::string_view device) {
  // 32 MiB in and out on a CPU (caches are flushed before each window), 512 MiB on a GPU.
  const std::int64_t rows = device == "cuda" ? 65536 : 4096;
  const std::int64_t columns = kColumns;
  const double n = static_cast<double>(rows * columns);
  return {
      .target = "ch09:fused_l2norm",
      .summary = "rows divided by their length: four passes over memory, or one",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows, columns}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 3 * n, .bytes = 8 * n},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
