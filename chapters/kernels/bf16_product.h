// The problem of all targets that multiply bf16 matrices: C = A B, fp32 sums, result in bf16.
#pragma once

#include <aisp/aisp.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reference_gemm.h"

namespace aisp::kernels {

// Factors are given in bf16: their products are exact in fp32. The result is rounded once, by up to 2^-8 of
// itself. Emulated on a CPU (k = 4096, sums of 16 products added to fp32 with low bits cut off, as tensor cores
// do; 49,152 elements) as the worst error in units of what is allowed: 0.79; result cut off instead of
// rounded 1.6, one step of k left out 86, 16 steps left out 221, sums kept in bf16 50.
inline const Tolerance kBf16ProductTolerance{
    0x1.2p-8, 1e-5, 1e-3,
    "sums that cancel: rounding of fp32 sums is relative to the RMS of C, not to the element; the "
    "result is rounded to bf16 once"};

inline void bf16_product_reference(const Inputs& in, const Expected& expected) {
  const auto widened = [](std::span<const std::uint16_t> bits) {
    std::vector<float> values(bits.size());
    for (std::size_t i = 0; i < bits.size(); ++i) values[i] = bf16_to_float(bits[i]);
    return values;
  };
  const std::vector<float> a = widened(in[0].as<std::uint16_t>());
  const std::vector<float> b = widened(in[1].as<std::uint16_t>());
  reference_gemm(in[0].tensor->shape[0], in[1].tensor->shape[1], in[0].tensor->shape[1], a.data(),
                 b.data(), expected.real(0).data());
}

inline Problem bf16_product(std::string target, std::string summary, std::string_view device) {
  const bool cuda = device == "cuda";
  // 512 tiles of 128 x 256: nearly four rounds of 132 multiprocessors.
  const std::int64_t m = cuda ? 4096 : 256, n = cuda ? 4096 : 256, k = cuda ? 4096 : 256;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const auto input = [](const char* name, std::int64_t rows, std::int64_t columns) {
    return Input{.tensor = Tensor{name, Dtype::bf16, {rows, columns}},
                 .role = Role::activation,
                 .distribution = Distribution::normal(0, 1)};
  };
  return {
      .target = target,
      .summary = summary,
      .inputs = {input("A", m, k), input("B", k, n)},
      .outputs = {{.tensor = Tensor{"C", Dtype::bf16, {m, n}}, .tolerance = kBf16ProductTolerance}},
      .params = {},
      .reference = bf16_product_reference,
      .validate = no_invariants,
      .work =
          Work{.flops = 2.0 * real(m * n) * real(k), .bytes = 2.0 * real(m * k + k * n + m * n)},
      .goal = Goal::speed,
  };
}

}  // namespace aisp::kernels
