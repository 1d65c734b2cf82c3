// The two-dimensional cosine transform of many 8 x 8 blocks: Y = C X C^T with
// C[k, j] = s(k) cos((2 j + 1) k pi / 16), s(0) = 1 / sqrt(8), s(k) = 1/2 (DCT-II, orthonormal).
//
// Element e of all blocks lies together, x[e, block], so that a thread or a vector lane may have a block
// of its own: 64 values that are all wanted until the end, which is more than many a register file
// has room for.
#include <aisp/aisp.h>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace {

const aisp::Tolerance kTolerance{1e-5, 1e-8, 2e-6,
                                 "sums of 64 products that cancel: rounding is relative to the "
                                 "terms, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t n = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
  double c[8][8];
  for (int k = 0; k < 8; ++k)
    for (int j = 0; j < 8; ++j)
      c[k][j] =
          (k == 0 ? std::sqrt(0.125) : 0.5) * std::cos((2 * j + 1) * k * std::numbers::pi / 16);
#pragma omp parallel for
  for (std::int64_t b = 0; b < n; ++b) {
    double half[8][8];
    for (int i = 0; i < 8; ++i)
      for (int k = 0; k < 8; ++k) {
        half[i][k] = 0;
        for (int j = 0; j < 8; ++j)
          half[i][k] += c[k][j] * static_cast<double>(x[(i * 8 + j) * n + b]);
      }
    for (int k = 0; k < 8; ++k)
      for (int l = 0; l < 8; ++l) {
        double sum = 0;
        for (int i = 0; i < 8; ++i) sum += c[l][i] * half[i][k];
        y[(l * 8 + k) * n + b] = sum;
      }
  }
}

aisp::Problem make(std::string_view device) {
  // 62 MiB in and out together on a CPU, with rows an odd number of cache lines long (64 rows a power of
  // two apart would share a few sets of the L1), 512 MiB on a GPU.
  const std::int64_t n = device == "cuda" ? 1 << 20 : 126992;
  const auto blocks = static_cast<double>(n);
  return {
      .target = "ch06:launch_bounds",
      .summary =
          "8 x 8 cosine transforms, a block for each thread: 64 live values, how many registers?",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {64, n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {64, n}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // 16 transforms of eight by symmetry: 12 additions, 24 products, 18 additions of those.
      .work = aisp::Work{.flops = 16 * 54 * blocks, .bytes = 512 * blocks},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
