#include "device/cpu/fill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/isa.h"
#include "device/cpu/fill_kernels.h"

namespace aisp {
namespace {

Key test_key() {
  Key key;
  for (std::size_t i = 0; i < 32; ++i) key.bytes[i] = static_cast<std::uint8_t>(200 - 3 * i);
  return key;
}

std::vector<std::byte> drawn(const Tensor& tensor, const Distribution& distribution,
                             std::uint64_t nonce = 1) {
  EXPECT_TRUE(check_fill(tensor, distribution).ok());
  std::vector<std::byte> bytes(tensor.storage_bytes() + 8, std::byte{0xcd});
  fill_tensor(tensor, distribution, test_key(), nonce, bytes.data());
  for (std::size_t i = tensor.storage_bytes(); i < bytes.size(); ++i)
    EXPECT_EQ(bytes[i], std::byte{0xcd}) << "wrote past the end";
  bytes.resize(tensor.storage_bytes());
  return bytes;
}

Tensor line(Dtype dtype, std::int64_t n) { return {.name = "x", .dtype = dtype, .shape = {n}}; }

std::vector<double> reals(Dtype dtype, const std::vector<std::byte>& bytes) {
  const Dtype component = dtype == Dtype::complex64    ? Dtype::fp32
                          : dtype == Dtype::complex128 ? Dtype::fp64
                                                       : dtype;
  std::vector<double> values(bytes.size() / dtype_bytes(component));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = load_real(component, bytes.data() + i * dtype_bytes(component));
  return values;
}

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / static_cast<double>(v.size());
}
double variance(const std::vector<double>& v) {
  const double m = mean(v);
  double sum = 0;
  for (const double x : v) sum += (x - m) * (x - m);
  return sum / static_cast<double>(v.size());
}

std::vector<Dtype> all_dtypes() {
  std::vector<Dtype> dtypes;
  for (std::uint32_t i = 0; i < kDtypeCount; ++i) dtypes.push_back(static_cast<Dtype>(i));
  return dtypes;
}
std::vector<Dtype> float_dtypes() {
  auto dtypes = all_dtypes();
  std::erase_if(dtypes, is_integral);
  return dtypes;
}

std::vector<Distribution> plain_distributions() {
  return {Distribution::uniform(0.5, 6), Distribution::normal(1, 2),
          Distribution::heavy_tailed(1, 3), Distribution::structured(2)};
}

TEST(Fill, IsTheSameOnEveryIsa) {
  for (const Dtype dtype : all_dtypes())
    for (const std::int64_t n : {1, 15, 16, 17, 33, 1023, 1025, 4099}) {
      auto distributions = plain_distributions();
      if (!is_complex(dtype)) distributions.push_back(Distribution::integers(0, 1));
      if (dtype == Dtype::int64) distributions.push_back(Distribution::integers(-5, 1ll << 40));
      for (const Distribution& distribution : distributions) {
        std::vector<std::byte> first;
        for (const Isa isa : available_isas()) {
          const ForcedIsa forced(isa);
          const auto bytes = drawn(line(dtype, n), distribution);
          if (isa == Isa::sse2) first = bytes;
          ASSERT_EQ(bytes, first) << isa_name(isa) << " " << dtype_name(dtype) << " kind "
                                  << static_cast<int>(distribution.kind) << " n " << n;
        }
      }
    }
}

// Runs that the pool shares out are drawn like those of a tensor that one thread fills.
TEST(Fill, ALongTensorBeginsLikeAShortOne) {
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::int8, Dtype::complex128})
    for (const Distribution& distribution :
         {Distribution::uniform(-3, 5), Distribution::normal(0, 1), Distribution::structured(2)}) {
      const auto shorter = drawn(line(dtype, 1024 * 20), distribution);
      const auto longer = drawn(line(dtype, (3 << 20) + 5), distribution);
      EXPECT_EQ(std::memcmp(shorter.data(), longer.data(), shorter.size()), 0) << dtype_name(dtype);
    }
}

TEST(Fill, FollowsTheDocumentedFormulas) {
  std::uint32_t words[100];
  std::uint64_t wide[50];
  chacha_stream(test_key(), 1, 0, std::as_writable_bytes(std::span(words)));
  std::memcpy(wide, words, sizeof words);
  const auto uniform =
      reals(Dtype::fp32, drawn(line(Dtype::fp32, 100), Distribution::uniform(-3, 5)));
  const auto uniform64 =
      reals(Dtype::fp64, drawn(line(Dtype::fp64, 50), Distribution::uniform(-3, 5)));
  const auto normal = reals(Dtype::fp32, drawn(line(Dtype::fp32, 100), Distribution::normal(0, 1)));
  const auto tailed =
      reals(Dtype::fp32, drawn(line(Dtype::fp32, 100), Distribution::heavy_tailed(3, 2)));
  const auto dice =
      reals(Dtype::int32, drawn(line(Dtype::int32, 100), Distribution::integers(-2, 6)));
  for (std::size_t i = 0; i < 100; ++i) {
    const std::uint32_t w = words[i];
    EXPECT_NEAR(uniform[i], -3 + 8 * ((w >> 8) * 0x1p-24), 1e-6);
    const double z = std::fabs(normal[i]);
    // The quantile of p is z where Q(z) = p; the table is within 1 % or so of it.
    EXPECT_NEAR(std::erfc(z / std::sqrt(2.0)) / 2, (2.0 * (w >> 9) + 1) * 0x1p-25, 0.003);
    EXPECT_EQ(std::signbit(normal[i]), (w & 1) == 1);
    const double u = 2 * (2 * (w >> 9) * 0x1p-23 - 1);
    EXPECT_NEAR(std::fabs(tailed[i]) / (3 * std::exp2(u)), 1.03, 0.035);  // lines above 2^u
    EXPECT_EQ(std::signbit(tailed[i]), (w & 1) == 1);
    EXPECT_EQ(dice[i], -2 + static_cast<double>(static_cast<std::uint64_t>(w) * 9 >> 32));
  }
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_EQ(uniform64[i], -3 + 8 * (static_cast<double>(wide[i] >> 12) * 0x1p-52));
}

// fp16, bf16, fp8 and tf32 are the fp32 draw rounded as dtype.h rounds.
TEST(FillKernels, NarrowingRoundsLikeTheSlowConversion) {
  std::vector<float> values;
  for (std::uint32_t bits = 0; bits < 0x43e00000u; bits += 0x1357) {  // up to 448
    values.push_back(std::bit_cast<float>(bits));
    values.push_back(-values.back());
  }
  for (int e = -30; e <= 8; ++e)  // ties, and what is next to them
    for (int m = 0; m < 64; ++m)
      for (const float off : {0.0f, 0x1p-20f, -0x1p-20f})
        values.push_back(std::ldexp(1 + static_cast<float>(m) / 64 + off, e));
  std::erase_if(values, [](float v) { return std::fabs(v) > 448; });
  const std::size_t n = values.size();
  std::vector<std::uint32_t> tf32(n);
  std::vector<std::uint16_t> fp16(n), bf16(n);
  std::vector<std::uint8_t> e4m3(n), e5m2(n);
  for (const Isa isa : available_isas()) {
    const FillKernels& k = fill_kernels(isa);
    k.to_tf32(values.data(), tf32.data(), n);
    k.to_fp16(values.data(), fp16.data(), n);
    k.to_bf16(values.data(), bf16.data(), n);
    k.to_e4m3(values.data(), e4m3.data(), n);
    k.to_e5m2(values.data(), e5m2.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto same = [&](Dtype d, const void* bits) {
        std::byte want[8] = {};
        store_real(d, want, values[i]);
        return std::memcmp(want, bits, dtype_bytes(d)) == 0;
      };
      ASSERT_TRUE(same(Dtype::tf32, &tf32[i])) << values[i];
      ASSERT_TRUE(same(Dtype::fp16, &fp16[i])) << values[i];
      ASSERT_TRUE(same(Dtype::fp8_e5m2, &e5m2[i])) << values[i];
      ASSERT_TRUE(same(Dtype::fp8_e4m3, &e4m3[i])) << values[i];
      if (std::fabs(values[i]) >= 0x1p-126f) {
        ASSERT_TRUE(same(Dtype::bf16, &bf16[i])) << values[i];
      }
    }
  }
}

TEST(Fill, UniformStaysWithinItsHalfOpenRange) {
  for (const Dtype dtype : float_dtypes())
    for (const auto& [low, high] : {std::pair{0.0, 1.0},
                                    {-1.0, 1.0},
                                    {-0.3, 0.7},
                                    {100.0, 101.0},
                                    {-2.0, -1.0},
                                    {1e-7, 1e-6},
                                    {0.1, 0.1},
                                    {3.0, 3.0}}) {
      if (high < 1e-5 && (dtype == Dtype::fp16 || dtype_bytes(dtype) == 1)) continue;
      const auto values = reals(dtype, drawn(line(dtype, 50000), Distribution::uniform(low, high)));
      const auto [least, most] = std::minmax_element(values.begin(), values.end());
      if (low == high) {
        EXPECT_EQ(*least, *most) << dtype_name(dtype);
        continue;
      }
      if (low == 100 && dtype_bytes(dtype) == 1) continue;  // fp8 has no such values but 104
      EXPECT_GE(*least, low) << dtype_name(dtype) << " " << low << " " << high;
      EXPECT_LT(*most, high) << dtype_name(dtype) << " " << low << " " << high;
    }
}

TEST(Fill, UniformHasTheMomentsOfUniform) {
  for (const Dtype dtype : float_dtypes()) {
    const auto values = reals(dtype, drawn(line(dtype, 1 << 18), Distribution::uniform(-3, 5)));
    // fp8 e5m2 has nothing between 4 and 5, so that fifth of the range falls on 4.
    const double coarse = 2 * std::exp2(-dtype_info(dtype).mantissa_bits);
    // Standard errors: 8 / sqrt(12 n) = 0.0045 and 0.0093; five of them.
    EXPECT_NEAR(mean(values), 1, 0.023 + coarse) << dtype_name(dtype);
    EXPECT_NEAR(variance(values), 64.0 / 12, 0.05 + coarse) << dtype_name(dtype);
  }
}

TEST(Fill, NormalHasTheMomentsAndTailsOfNormal) {
  for (const Dtype dtype : float_dtypes()) {
    auto values = reals(dtype, drawn(line(dtype, 1 << 20), Distribution::normal(1, 2)));
    const double coarse = std::exp2(-dtype_info(dtype).mantissa_bits);
    EXPECT_NEAR(mean(values), 1, 0.01 + coarse / 4) << dtype_name(dtype);
    EXPECT_NEAR(variance(values), 4, 0.03 + coarse) << dtype_name(dtype);
    if (coarse > 0.001) continue;
    double third = 0, fourth = 0;
    std::size_t beyond_one = 0, beyond_three = 0;
    for (const double v : values) {
      const double z = (v - 1) / 2;
      third += z * z * z;
      fourth += z * z * z * z;
      beyond_one += std::fabs(z) > 1;
      beyond_three += std::fabs(z) > 3;
      ASSERT_LT(std::fabs(z), 4.8);
    }
    const auto n = static_cast<double>(values.size());
    EXPECT_NEAR(third / n, 0, 0.02) << dtype_name(dtype);
    EXPECT_NEAR(fourth / n, 3, 0.06) << dtype_name(dtype);
    EXPECT_NEAR(static_cast<double>(beyond_one) / n, 0.31731, 0.004) << dtype_name(dtype);
    EXPECT_NEAR(static_cast<double>(beyond_three) / n, 0.0027, 0.0003) << dtype_name(dtype);
  }
}

TEST(Fill, HeavyTailsReachOverTheirOctaves) {
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::bf16}) {
    const auto values = reals(dtype, drawn(line(dtype, 1 << 16), Distribution::heavy_tailed(3, 8)));
    double least = 1e9, most = 0;
    std::size_t negative = 0, below_scale = 0;
    for (const double v : values) {
      least = std::min(least, std::fabs(v));
      most = std::max(most, std::fabs(v));
      negative += v < 0;
      below_scale += std::fabs(v) < 3;
    }
    EXPECT_GE(least, 3 * 0x1p-8 * 0.99);
    EXPECT_LT(least, 3 * 0x1p-8 * 1.02);
    EXPECT_LE(most, 3 * 0x1p8 * 1.01);
    EXPECT_GT(most, 3 * 0x1p8 * 0.98);
    EXPECT_NEAR(static_cast<double>(negative) / 65536, 0.5, 0.01);
    EXPECT_NEAR(static_cast<double>(below_scale) / 65536, 0.5, 0.01);
  }
}

TEST(Fill, NothingDrawnIsInfiniteOrNaN) {
  for (const Dtype dtype : float_dtypes())
    for (const Distribution& distribution :
         {Distribution::heavy_tailed(1, 100), Distribution::normal(0, 1e4),
          Distribution::structured(400)})
      for (const double v : reals(dtype, drawn(line(dtype, 5000), distribution)))
        ASSERT_TRUE(std::isfinite(v)) << dtype_name(dtype);
}

TEST(Fill, StructuredHasRunsZerosAndLargeOnes) {
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::bf16}) {
    const auto values = reals(dtype, drawn(line(dtype, 64 * 1024), Distribution::structured(1)));
    std::size_t zeros = 0, large = 0, longest = 0, length = 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      zeros += values[i] == 0;
      large += std::fabs(values[i]) > 1;
      ASSERT_LE(std::fabs(values[i]), 64);
      length = i > 0 && values[i] == values[i - 1] && values[i] != 0 ? length + 1 : 1;
      longest = std::max(longest, length);
    }
    EXPECT_GT(zeros, 500u);
    EXPECT_GT(large, 20u);
    EXPECT_LE(large, 64u);
    EXPECT_GT(longest, 100u);
  }
}

TEST(Fill, StructureIsElsewhereWithAnotherNonce) {
  const auto zero_places = [](std::uint64_t nonce) {
    std::vector<std::size_t> places;
    const auto v =
        reals(Dtype::fp32, drawn(line(Dtype::fp32, 8192), Distribution::structured(1), nonce));
    for (std::size_t i = 0; i < v.size(); ++i)
      if (v[i] == 0) places.push_back(i);
    return places;
  };
  EXPECT_NE(zero_places(1), zero_places(2));
}

TEST(Fill, BooleansAreBothValuesAndNoOther) {
  for (const Distribution& distribution : plain_distributions()) {
    const auto bytes = drawn(line(Dtype::boolean, 4096), distribution);
    std::size_t ones = 0;
    for (const std::byte b : bytes) {
      ASSERT_LE(std::to_integer<int>(b), 1);
      ones += b == std::byte{1};
    }
    EXPECT_NEAR(static_cast<double>(ones), 2048, 6 * 32);
  }
}

TEST(Fill, IntegersReachBothEndsAndNothingBeyond) {
  for (const Dtype dtype : all_dtypes()) {
    if (is_complex(dtype)) continue;
    const bool is_bool = dtype == Dtype::boolean, is_unsigned = dtype == Dtype::uint8;
    const int low = is_bool || is_unsigned ? 0 : -7, high = is_bool ? 1 : 8;
    const auto values = reals(dtype, drawn(line(dtype, 20000), Distribution::integers(low, high)));
    std::vector<int> times(static_cast<std::size_t>(high - low + 1));
    for (const double v : values) {
      ASSERT_EQ(v, std::floor(v));
      ASSERT_TRUE(v >= low && v <= high) << dtype_name(dtype) << " " << v;
      ++times[static_cast<std::size_t>(v - low)];
    }
    const double expected = 20000.0 / static_cast<double>(times.size());
    for (const int t : times)
      EXPECT_NEAR(t, expected, 6 * std::sqrt(expected)) << dtype_name(dtype);
  }
}

TEST(Fill, WideIntegersUseTheWholeRange) {
  const auto v = reals(Dtype::int64, drawn(line(Dtype::int64, 4096),
                                           Distribution::integers(-(1ll << 50), 1ll << 50)));
  const auto [least, most] = std::minmax_element(v.begin(), v.end());
  EXPECT_LT(*least, -0.99 * 0x1p50);
  EXPECT_GT(*most, 0.99 * 0x1p50);
  EXPECT_GE(*least, -0x1p50);
  EXPECT_LE(*most, 0x1p50);
}

TEST(Fill, RealDistributionsInIntegersStayInRange) {
  for (const Dtype dtype : {Dtype::int8, Dtype::uint8, Dtype::int16, Dtype::int32, Dtype::int64}) {
    const auto v = reals(dtype, drawn(line(dtype, 20000), Distribution::uniform(2, 6)));
    std::vector<int> times(4);
    for (const double x : v) {
      ASSERT_TRUE(x >= 2 && x <= 5) << x;
      ++times[static_cast<std::size_t>(x - 2)];
    }
    for (const int t : times) EXPECT_NEAR(t, 5000, 400);
  }
  for (const double x :
       reals(Dtype::int8, drawn(line(Dtype::int8, 5000), Distribution::normal(0, 500))))
    ASSERT_TRUE(x >= -128 && x <= 127);
}

TEST(Fill, PermutationIsOne) {
  for (const Dtype dtype : {Dtype::int32, Dtype::int64, Dtype::int16, Dtype::fp32}) {
    auto v = reals(dtype, drawn(line(dtype, 5000), Distribution::permutation()));
    std::size_t fixed = 0;
    for (std::size_t i = 0; i < v.size(); ++i) fixed += v[i] == static_cast<double>(i);
    EXPECT_LT(fixed, 20u);
    std::sort(v.begin(), v.end());
    for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(v[i], static_cast<double>(i));
  }
}

TEST(Fill, NoncesGiveUnrelatedData) {
  const auto a =
      reals(Dtype::fp32, drawn(line(Dtype::fp32, 1 << 16), Distribution::normal(0, 1), 1));
  const auto b =
      reals(Dtype::fp32, drawn(line(Dtype::fp32, 1 << 16), Distribution::normal(0, 1), 2));
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += a[i] * b[i];
  EXPECT_NEAR(product / 65536, 0, 6.0 / 256);
}

TEST(Fill, StridedTensorsHoldTheSameElementsAndKeepTheirGaps) {
  for (const Dtype dtype : all_dtypes())
    for (const Distribution& distribution : plain_distributions()) {
      Tensor dense = {.name = "x", .dtype = dtype, .shape = {7, 50, 9}};
      Tensor strided = dense;
      strided.strides = {5, 9 * 7 * 5 + 4, 7 * 5};  // the first extent moves fastest
      const auto a = drawn(dense, distribution);
      const auto b = drawn(strided, distribution);
      const std::size_t bytes = dtype_bytes(dtype);
      std::vector<bool> element(b.size() / bytes);
      for (std::size_t i = 0; i < 7; ++i)
        for (std::size_t j = 0; j < 50; ++j)
          for (std::size_t k = 0; k < 9; ++k) {
            const std::size_t at = i * 5 + j * (9 * 7 * 5 + 4) + k * 7 * 5;
            element[at] = true;
            ASSERT_EQ(std::memcmp(&b[at * bytes], &a[((i * 50 + j) * 9 + k) * bytes], bytes), 0);
          }
      for (std::size_t at = 0; at < element.size(); ++at)
        for (std::size_t byte = 0; byte < bytes && !element[at]; ++byte)
          ASSERT_EQ(b[at * bytes + byte], std::byte{0xcd});
    }
}

TEST(Fill, CustomGeneratorsGetContiguousMemoryAndTheStream) {
  Tensor strided = {.name = "x", .dtype = Dtype::int64, .shape = {4, 3}, .strides = {10, 2}};
  const auto bytes = drawn(
      strided, Distribution::custom([](RandomSource& source, void* data, std::size_t elements) {
        EXPECT_EQ(elements, 12u);
        for (std::size_t i = 0; i < elements; ++i)
          static_cast<std::uint64_t*>(data)[i] = source.next();
      }));
  ChaChaSource source(test_key(), 1);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_EQ(detail::load_as<std::uint64_t>(&bytes[8 * (10 * i + 2 * j)]), source.next());
}

TEST(Fill, AnEmptyTensorIsLeftAlone) {
  fill_tensor(line(Dtype::fp32, 0), Distribution::uniform(0, 1), test_key(), 1, nullptr);
}

TEST(CheckFill, RefusesWhatCannotBeDrawn) {
  const auto refused = [](Dtype dtype, std::int64_t n, const Distribution& d) {
    return !check_fill(line(dtype, n), d).ok();
  };
  EXPECT_TRUE(refused(Dtype::fp32, 4, Distribution::uniform(1, 0)));
  EXPECT_TRUE(refused(Dtype::fp32, 4, Distribution::uniform(0, INFINITY)));
  EXPECT_TRUE(refused(Dtype::fp16, 4, Distribution::uniform(0, 1e6)));
  EXPECT_TRUE(refused(Dtype::fp32, 4, Distribution::normal(NAN, 1)));
  EXPECT_TRUE(refused(Dtype::int8, 4, Distribution::integers(0, 128)));
  EXPECT_TRUE(refused(Dtype::bf16, 4, Distribution::integers(0, 257)));
  EXPECT_FALSE(refused(Dtype::bf16, 4, Distribution::integers(0, 256)));
  EXPECT_TRUE(refused(Dtype::complex64, 4, Distribution::integers(0, 1)));
  EXPECT_TRUE(refused(Dtype::int8, 129, Distribution::permutation()));
  EXPECT_FALSE(refused(Dtype::int8, 128, Distribution::permutation()));
  EXPECT_TRUE(refused(Dtype::fp32, 4, Distribution::custom({})));
}

}  // namespace
}  // namespace aisp
