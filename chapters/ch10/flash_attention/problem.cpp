// Attention, forward: O = softmax(Q K^T / sqrt(128)) V for each of 16 heads, over all 4096 keys (no mask). The
// matrix of weights would be sixteen times as large as everything else; neither side writes it to memory.
// The lesson is what keeps the tensor cores busy while exponentials are computed.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

constexpr std::int64_t kHeadColumns = 128;

// Products of Q and K spread by 1 (after the division), so that a row's weights are spread over about
// 4096 / e keys and the largest is about a fiftieth. Emulated on a CPU (tiles of 128 keys, weights in bf16; 131,072
// elements) as the worst error in units of what is allowed: 0.56; weights with 8 bits behind the point 12.5, a
// tile of keys left out 70, what is summed up not scaled down 270, the sum of weights not scaled down 127.
const aisp::Tolerance kTolerance{
    0x1.2p-8, 1e-5, 0x1p-6,
    "weights may be rounded to bf16 before they multiply V: each is then off by up to 2^-8 of "
    "itself, and the sum of thousands of them by about 1.6e-3 of the RMS of O (one standard "
    "deviation); of eight million sums the worst is off by six of those"};

std::vector<float> widened(std::span<const std::uint16_t> bits) {
  std::vector<float> values(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) values[i] = aisp::bf16_to_float(bits[i]);
  return values;
}

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t heads = in[0].tensor->shape[0], keys = in[0].tensor->shape[1];
  const std::vector<float> q = widened(in[0].as<std::uint16_t>());
  const std::vector<float> k = widened(in[1].as<std::uint16_t>());
  const std::vector<float> v = widened(in[2].as<std::uint16_t>());
  const double scale = 1 / std::sqrt(static_cast<double>(kHeadColumns));
  const std::int64_t block = std::min<std::int64_t>(keys, 1024);  // queries at a time: 32 MiB
  std::vector<float> transposed(static_cast<std::size_t>(kHeadColumns * keys));
  std::vector<double> weights(static_cast<std::size_t>(block * keys));
  for (std::int64_t head = 0; head < heads; ++head) {
    const std::int64_t at = head * keys * kHeadColumns;
    for (std::int64_t j = 0; j < keys; ++j)
      for (std::int64_t d = 0; d < kHeadColumns; ++d)
        transposed[static_cast<std::size_t>(d * keys + j)] =
            k[static_cast<std::size_t>(at + j * kHeadColumns + d)];
    for (std::int64_t i0 = 0; i0 < keys; i0 += block) {
      const std::int64_t rows = std::min(block, keys - i0);
      aisp::kernels::reference_gemm(rows, keys, kHeadColumns, q.data() + at + i0 * kHeadColumns,
                                    transposed.data(), weights.data());
#pragma omp parallel for
      for (std::int64_t i = 0; i < rows; ++i) {
        double* row = weights.data() + i * keys;
        const double top = *std::max_element(row, row + keys);
        double sum = 0;
        for (std::int64_t j = 0; j < keys; ++j) sum += row[j] = std::exp((row[j] - top) * scale);
        for (std::int64_t j = 0; j < keys; ++j) row[j] /= sum;
      }
      aisp::kernels::reference_gemm(rows, kHeadColumns, keys, weights.data(), v.data() + at,
                                    expected.real(0).data() + at + i0 * kHeadColumns);
    }
  }
}

aisp::Problem make(std::string_view device) {
  // 512 blocks of 128 queries: nearly four rounds of 132 multiprocessors.
  const bool cuda = device == "cuda";
  const std::int64_t heads = cuda ? 16 : 2, keys = cuda ? 4096 : 256;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const auto tensor = [&](const char* name) {
    return aisp::Tensor{name, aisp::Dtype::bf16, {heads, keys, kHeadColumns}};
  };
  const auto input = [&](const char* name) {
    return aisp::Input{.tensor = tensor(name),
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::normal(0, 1)};
  };
  return {
      .target = "ch10:flash_attention",
      .summary = "attention of 16 heads, 128 columns each: by warps, or by warpgroups with roles",
      .inputs = {input("Q"), input("K"), input("V")},
      .outputs = {{.tensor = tensor("O"), .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // Two products of keys x keys x 128 for each head; exponentials are not counted, as is the custom.
      .work = aisp::Work{.flops = 4.0 * real(heads * keys) * real(keys * kHeadColumns),
                         .bytes = 8.0 * real(heads * keys * kHeadColumns)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
