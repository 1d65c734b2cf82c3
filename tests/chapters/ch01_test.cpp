// Chapter 1's kernels on shapes that no tile divides, for every instruction set of this machine.
#include <aisp/aisp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ch01_kernels.h"
#include "target.h"

namespace {

using aisp::Dtype;
using aisp::chapters::Call;
using aisp::chapters::worst;
using aisp::kernels::InstructionSet;

struct Factors {
  std::int64_t m, n, k;
  std::vector<float> a, b, bias;
  std::vector<double> want;  // a b + bias

  Factors(std::int64_t rows, std::int64_t cols, std::int64_t depth, Dtype dtype, bool with_bias)
      : m(rows),
        n(cols),
        k(depth),
        a(size(m * k)),
        b(size(k * n)),
        bias(size(n)),
        want(size(m * n)) {
    std::mt19937_64 random(static_cast<std::uint64_t>(m * 10000 + n * 100 + k));
    std::normal_distribution<double> normal(0, 1);
    for (float& v : a) v = static_cast<float>(Call::rounded(dtype, normal(random)));
    for (float& v : b) v = static_cast<float>(Call::rounded(dtype, normal(random)));
    for (float& v : bias) v = with_bias ? static_cast<float>(normal(random)) : 0.0f;
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = bias[size(j)];
        for (std::int64_t p = 0; p < k; ++p)
          sum += static_cast<double>(a[size(i * k + p)]) * b[size(p * n + j)];
        want[size(i * n + j)] = sum;
      }
  }
  static std::size_t size(std::int64_t v) { return static_cast<std::size_t>(v); }
};

constexpr std::int64_t kShapes[][3] = {{1, 1, 1},   {1, 33, 7}, {2, 15, 64},
                                       {3, 31, 5},  {5, 17, 9}, {7, 64, 33},
                                       {8, 32, 32}, {9, 47, 2}, {40, 70, 301}};

constexpr InstructionSet kSets[] = {InstructionSet::scalar, InstructionSet::avx2,
                                    InstructionSet::avx512, InstructionSet::avx512_bf16};

TEST(Ch01Kernels, Fp32TilesOnOddShapes) {
  for (const InstructionSet set : kSets)
    for (const auto& [m, n, k] : kShapes) {
      if (!aisp::kernels::has(set)) continue;
      SCOPED_TRACE(testing::Message()
                   << static_cast<int>(set) << ": " << m << " " << n << " " << k);
      const aisp::kernels::TileKernels& kernels = aisp::kernels::tile_kernels_for(set);
      const aisp::Tolerance tolerance{1e-5, 1e-7, 1e-5, {}};
      std::vector<float> c(Factors::size(m * n + 64), -7.0f);
      const auto values = [&] { return std::vector<double>(c.begin(), c.end() - 64); };

      const Factors plain(m, n, k, Dtype::fp32, false);
      for (std::int64_t i = 0; i < m; i += kernels.rows)
        aisp::kernels::small_gemm_rows(kernels, i, m, n, k, plain.a.data(), plain.b.data(),
                                       c.data());
      EXPECT_LE(worst(tolerance, values(), plain.want), 1);

      aisp::kernels::row_loops_for(set)({m, k, n, plain.a.data(), plain.b.data(), c.data()});
      EXPECT_LE(worst(tolerance, values(), plain.want), 1);

      Factors biased(m, n, k, Dtype::fp32, true);
      for (double& v : biased.want) v = std::max(v, 0.0);
      const aisp::kernels::PackedColumns packed(kernels, k, n, biased.b.data());
      aisp::kernels::AlignedBuffer<float> scratch((m + kernels.rows) * k);
      aisp::kernels::packed_gemm(kernels, m, n, k, biased.a.data(), packed, biased.bias.data(),
                                 true, c.data(), scratch.data());
      EXPECT_LE(worst(tolerance, values(), biased.want), 1);
      EXPECT_TRUE(std::all_of(c.end() - 64, c.end(), [](float v) { return v == -7.0f; }));
    }
}

TEST(Ch01Kernels, Bf16TilesOnOddShapes) {
  for (const InstructionSet set : kSets)
    for (const auto& [m, n, k] : kShapes) {
      if (!aisp::kernels::has(set)) continue;
      SCOPED_TRACE(testing::Message()
                   << static_cast<int>(set) << ": " << m << " " << n << " " << k);
      const aisp::kernels::Bf16Kernels& kernels = aisp::kernels::bf16_kernels_for(set);
      // The factors are bf16 already: what is left is the rounding of the result.
      const Factors factors(m, n, k, Dtype::bf16, false);
      const aisp::kernels::PackedColumnsBf16 packed(kernels, k, n, factors.b.data());
      aisp::kernels::RoundedRows rows(kernels, m, k);
      std::vector<std::uint16_t> c(Factors::size(m * n + 64), 7);
      aisp::kernels::packed_gemm_bf16(kernels, m, n, k, factors.a.data(), packed, c.data(), rows);
      std::vector<double> got;
      for (std::int64_t i = 0; i < m * n; ++i)
        got.push_back(aisp::bf16_to_float(c[Factors::size(i)]));
      EXPECT_LE(worst(aisp::Tolerance{0x1.02p-8, 1e-5, 1e-5, {}}, got, factors.want), 1);
      EXPECT_TRUE(std::all_of(c.end() - 64, c.end(), [](std::uint16_t v) { return v == 7; }));
    }
}

TEST(Ch01Kernels, RoundingAgreesWithThePublicConversion) {
  std::mt19937_64 random(9);
  std::vector<float> in = {0.0f, -0.0f,       INFINITY,    -INFINITY,
                           NAN,  1.00390625f, 1.01171875f, 3.4e38f};
  while (in.size() < 1003) {
    const float v = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(v)) in.push_back(v);
  }
  const auto n = static_cast<std::int64_t>(in.size());
  for (const auto& [set, round] :
       {std::pair{InstructionSet::scalar, &aisp::kernels::round_scalar},
        std::pair{InstructionSet::avx2, &aisp::kernels::round_avx2},
        std::pair{InstructionSet::avx512, &aisp::kernels::round_avx512}}) {
    if (!aisp::kernels::has(set)) continue;
    std::vector<std::uint16_t> out(in.size());
    round(n, in.data(), out.data());
    for (std::size_t i = 0; i < in.size(); ++i)
      ASSERT_EQ(out[i], aisp::float_to_bf16(in[i])) << in[i];
  }
}

TEST(Ch01Reference, AgreesWithPlainSumsOnOddShapes) {
  for (const auto& [m, n, k] : kShapes) {
    const Factors factors(m, n, k, Dtype::fp32, false);
    std::vector<double> c(Factors::size(m * n));
    aisp::kernels::reference_gemm(m, n, k, factors.a.data(), factors.b.data(), c.data());
    EXPECT_LE(worst(aisp::Tolerance{1e-13, 1e-15, 1e-13, {}}, c, factors.want), 1);
  }
}

}  // namespace
