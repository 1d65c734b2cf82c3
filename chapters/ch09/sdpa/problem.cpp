// Attention: O = softmax(Q K^T / sqrt(64)) V for each head, over all keys, in fp32. The matrix of weights
// has as many rows as there are queries and as many columns as there are keys: written down it is sixteen
// (on a GPU 32) times as large as Q, and it is needed for nothing but the sum that follows.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

constexpr std::int64_t kHeadColumns = 64;

// Measured on a CPU (AVX-512) as the worst error of 524,288 elements in units of what is allowed, three draws: all
// scores at once 0.18, online 0.16; result rounded to tf32 or fp16 32, inputs 136.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 2e-5,
    "averages of V over 1024 to 2048 keys in fp32, with weights that carry the rounding of scores: "
    "errors are relative to what is summed, not to a result that may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t heads = in[0].tensor->shape[0], keys = in[0].tensor->shape[1];
  const double scale = 1 / std::sqrt(static_cast<double>(kHeadColumns));
  std::vector<float> transposed(static_cast<std::size_t>(kHeadColumns * keys));
  std::vector<double> weights(static_cast<std::size_t>(keys * keys));
  for (std::int64_t head = 0; head < heads; ++head) {
    const std::int64_t at = head * keys * kHeadColumns;
    const float* k = in[1].as<float>().data() + at;
    for (std::int64_t j = 0; j < keys; ++j)
      for (std::int64_t d = 0; d < kHeadColumns; ++d)
        transposed[static_cast<std::size_t>(d * keys + j)] = k[j * kHeadColumns + d];
    aisp::kernels::reference_gemm(keys, keys, kHeadColumns, in[0].as<float>().data() + at,
                                  transposed.data(), weights.data());
#pragma omp parallel for
    for (std::int64_t i = 0; i < keys; ++i) {
      double* row = weights.data() + i * keys;
      const double top = *std::max_element(row, row + keys);
      double sum = 0;
      for (std::int64_t j = 0; j < keys; ++j) sum += row[j] = std::exp((row[j] - top) * scale);
      for (std::int64_t j = 0; j < keys; ++j) row[j] /= sum;
    }
    aisp::kernels::reference_gemm(keys, kHeadColumns, keys, weights.data(),
                                  in[2].as<float>().data() + at, expected.real(0).data() + at);
  }
}

aisp::Problem make(std::string_view device) {
  // The weights have 32 MiB on a CPU (caches are flushed before each window), 512 MiB on a GPU.
  const bool cuda = device == "cuda";
  const std::int64_t heads = cuda ? 32 : 8, keys = cuda ? 2048 : 1024;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const auto tensor = [&](const char* name) {
    return aisp::Tensor{name, aisp::Dtype::fp32, {heads, keys, kHeadColumns}};
  };
  const auto input = [&](const char* name) {
    return aisp::Input{.tensor = tensor(name),
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::normal(0, 1)};
  };
  return {
      .target = "ch09:sdpa",
      .summary = "attention in fp32: the matrix of weights in memory, or a tile of it at a time",
      .inputs = {input("Q"), input("K"), input("V")},
      .outputs = {{.tensor = tensor("O"), .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // Two products of keys x keys x 64 for each head; exponentials are not counted, as is the custom.
      .work = aisp::Work{.flops = 4.0 * real(heads * keys) * real(keys * kHeadColumns),
                         .bytes = 16.0 * real(heads * keys * kHeadColumns)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
