#include "verify/compare.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "base/isa.h"

namespace aisp {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kPoison = 0xa5b6c7d8e9fa0b1cull;
// A word that no test value has, where poison is not the subject.
constexpr std::uint64_t kNoPoison = 0x7b13579bdf2468acull;

Tensor line(Dtype dtype, std::size_t n) {
  return {.name = "x", .dtype = dtype, .shape = {static_cast<std::int64_t>(n)}};
}

struct Array {
  Dtype dtype;
  std::vector<std::byte> bytes;

  Array(Dtype d, std::size_t n) : dtype(d), bytes(n * dtype_bytes(d)) {}
  std::size_t per_element() const { return is_complex(dtype) ? 2 : 1; }
  std::size_t component_bytes() const { return dtype_bytes(dtype) / per_element(); }
  std::size_t components() const { return bytes.size() / component_bytes(); }
  Dtype component() const {
    return dtype == Dtype::complex64    ? Dtype::fp32
           : dtype == Dtype::complex128 ? Dtype::fp64
                                        : dtype;
  }
  void set(std::size_t component_index, double v) {
    store_real(component(), &bytes[component_index * component_bytes()], v);
  }
  double get(std::size_t component_index) const {
    return load_real(component(), &bytes[component_index * component_bytes()]);
  }
  ExpectedTensor expected() const {
    ExpectedTensor e;
    for (std::size_t i = 0; i < components(); ++i) {
      if (is_integral(dtype))
        e.integer.push_back(dtype == Dtype::int64 ? detail::load_as<std::int64_t>(&bytes[8 * i])
                                                  : static_cast<std::int64_t>(get(i)));
      else
        e.real.push_back(get(i));
    }
    return e;
  }
};

// The documented meaning, one element at a time, written without a look at the kernels.
CompareStats oracle(const Tolerance& tolerance, const Array& got, const Array& want) {
  const std::size_t per = got.per_element();
  const std::size_t n = got.components() / per;
  const double smallest_normal =
      got.dtype == Dtype::fp64 || got.dtype == Dtype::complex128 ? 0x1p-1022
      : got.dtype == Dtype::fp16 || got.dtype == Dtype::fp8_e5m2 ? 0x1p-14
      : got.dtype == Dtype::fp8_e4m3                             ? 0x1p-6
                                                                 : 0x1p-126;
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double square = 0;
    for (std::size_t c = 0; c < per; ++c) square += want.get(i * per + c) * want.get(i * per + c);
    if (std::isfinite(square)) squares += square, count += 1;
  }
  const double rms = count > 0 ? std::sqrt(squares / count) : 0;
  CompareStats s;
  s.elements = n;
  for (std::size_t i = 0; i < n; ++i) {
    bool bad = false, nan = false, inf = false, want_nan = false, want_finite = true,
         flushed = false;
    double finite_error = 0, size = 0, error2 = 0, all_want2 = 0;
    for (std::size_t c = 0; c < per; ++c) {
      const double g = got.get(i * per + c), w = want.get(i * per + c);
      all_want2 += w * w;
      flushed |= g == 0 && w != 0 && std::fabs(w) < smallest_normal && !is_integral(got.dtype);
      want_nan |= std::isnan(w);
      want_finite &= std::isfinite(w);
      nan |= std::isnan(g);
      inf |= std::isinf(g);
      if (std::isfinite(g) && std::isfinite(w)) {
        error2 += (g - w) * (g - w);
        finite_error = std::hypot(finite_error, g - w);  // squares of denormals would vanish
        size = std::hypot(size, w);
      } else if (!(g == w || (std::isnan(g) && std::isnan(w)))) {
        bad = true;
      }
    }
    const bool special_bad = bad;
    const double error = special_bad ? kInf : finite_error;
    const double allowed =
        std::min(tolerance.atol + tolerance.rms * rms, std::numeric_limits<double>::max()) +
        tolerance.rtol * size;
    bad |= error > allowed;
    if (got.dtype == Dtype::boolean && got.get(i) > 1) bad = true;
    if (special_bad && nan && !want_nan) ++s.nans;
    if (special_bad && inf && want_finite) ++s.infs;
    s.denormals_flushed += flushed;
    if (want_finite) s.want_sum_squares += all_want2;
    bool all_finite = want_finite && !nan && !inf;
    if (all_finite) s.error_sum_squares += error2;
    s.max_abs_error = std::max(s.max_abs_error, error);
    const bool odd_bool = got.dtype == Dtype::boolean && got.get(i) > 1;
    const double ratio = odd_bool || (error > 0 && !(allowed > 0)) || special_bad ? kInf
                         : error == 0                                             ? 0
                                                                                  : error / allowed;
    if (ratio > s.max_allowed_ratio) s.max_allowed_ratio = ratio, s.worst_index = i;
    if (bad && s.mismatches++ == 0) s.first_bad_index = i;
  }
  return s;
}

void expect_same(const CompareStats& a, const CompareStats& b, const std::string& what) {
  SCOPED_TRACE(what);
  EXPECT_EQ(a.elements, b.elements);
  EXPECT_EQ(a.mismatches, b.mismatches);
  EXPECT_EQ(a.nans, b.nans);
  EXPECT_EQ(a.infs, b.infs);
  EXPECT_EQ(a.denormals_flushed, b.denormals_flushed);
  const auto close = [](double x, double y) {
    return x == y || std::fabs(x - y) <= 1e-12 * std::max(std::fabs(x), std::fabs(y));
  };
  EXPECT_PRED2(close, a.max_abs_error, b.max_abs_error);
  EXPECT_PRED2(close, a.max_allowed_ratio, b.max_allowed_ratio);
  EXPECT_PRED2(close, a.error_sum_squares, b.error_sum_squares);
  EXPECT_PRED2(close, a.want_sum_squares, b.want_sum_squares);
  if (b.max_allowed_ratio > 0) {
    EXPECT_EQ(a.worst_index, b.worst_index);
  }
  if (b.mismatches > 0) {
    EXPECT_EQ(a.first_bad_index, b.first_bad_index);
  }
}

void expect_as_oracle(const Tolerance& tolerance, const Array& got, const Array& want,
                      const std::string& what) {
  const Tensor tensor = line(got.dtype, got.components() / got.per_element());
  const CompareStats right = oracle(tolerance, got, want);
  const ExpectedTensor expected = want.expected();
  for (const Isa isa : available_isas()) {
    const ForcedIsa forced(isa);
    const std::string name = what + " " + std::string(dtype_name(got.dtype)) + " " +
                             std::string(isa_name(isa)) + " n " + std::to_string(tensor.elements());
    expect_same(compare_same(tensor, tolerance, got.bytes.data(), want.bytes.data(), kNoPoison),
                right, name + " same");
    expect_same(compare(tensor, tolerance, got.bytes.data(), expected, kNoPoison), right,
                name + " expected");
  }
}

Tolerance tolerance(double rtol, double atol, double rms = 0) { return {rtol, atol, rms, {}}; }

std::vector<Dtype> all_dtypes() {
  std::vector<Dtype> dtypes;
  for (std::uint32_t i = 0; i < kDtypeCount; ++i) dtypes.push_back(static_cast<Dtype>(i));
  return dtypes;
}

// Values that every dtype holds in its own way, distinct enough to tell errors apart.
double ordinary(Dtype dtype, std::size_t i) {
  if (dtype == Dtype::boolean) return static_cast<double>(i * 7 % 3 % 2);
  if (is_integral(dtype)) return static_cast<double>(i * 37 % 100);
  return (static_cast<double>(i * 37 % 101) - 50) / 16 + 0.01;
}

Array ordinary_array(Dtype dtype, std::size_t n) {
  Array a(dtype, n);
  for (std::size_t i = 0; i < a.components(); ++i) a.set(i, ordinary(dtype, i));
  return a;
}

TEST(Compare, EqualTensorsMatchInEveryDtypeAndSize) {
  for (const Dtype dtype : all_dtypes())
    for (const std::size_t n : {1, 2, 15, 16, 17, 31, 33, 1023, 1024, 1025, 2049}) {
      const Array a = ordinary_array(dtype, n);
      expect_as_oracle(Tolerance::exact(), a, a, "equal");
      const CompareStats s = compare_same(line(dtype, n), Tolerance::exact(), a.bytes.data(),
                                          a.bytes.data(), kNoPoison);
      EXPECT_EQ(s.mismatches, 0u);
      EXPECT_EQ(s.max_allowed_ratio, 0);
    }
}

TEST(Compare, OneWrongElementIsFoundAtEveryPosition) {
  for (const Dtype dtype : all_dtypes())
    for (const std::size_t n : {1, 3, 17, 37, 67}) {
      const Array want = ordinary_array(dtype, n);
      const ExpectedTensor expected = want.expected();
      for (std::size_t i = 0; i < want.components(); ++i) {
        Array got = want;
        got.set(i, dtype == Dtype::boolean ? 1 - want.get(i) : want.get(i) + 16);
        const Tensor t = line(dtype, n);
        for (const Isa isa : available_isas()) {
          const ForcedIsa forced(isa);
          for (const CompareStats& s :
               {compare_same(t, Tolerance::for_dtype(dtype), got.bytes.data(), want.bytes.data(),
                             kNoPoison),
                compare(t, Tolerance::for_dtype(dtype), got.bytes.data(), expected, kNoPoison)}) {
            ASSERT_EQ(s.mismatches, 1u) << dtype_name(dtype) << " at " << i << " of " << n;
            ASSERT_EQ(s.first_bad_index, i / want.per_element());
            ASSERT_EQ(s.worst_index, i / want.per_element());
            ASSERT_EQ(s.first_bad_got, got.get(i));
            ASSERT_EQ(s.first_bad_want, want.get(i));
          }
        }
      }
    }
}

// In long tensors: the last element of a block, the first of a task, the last of all.
TEST(Compare, OneWrongElementIsFoundInLongTensors) {
  const std::size_t n = (1 << 19) + 3;
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::bf16, Dtype::int32}) {
    const Array want = ordinary_array(dtype, n);
    for (const std::size_t i : {std::size_t{0}, std::size_t{1023}, std::size_t{65535},
                                std::size_t{65536}, std::size_t{300001}, n - 3, n - 1}) {
      Array got = want;
      got.set(i, want.get(i) + 16);
      const CompareStats s = compare_same(line(dtype, n), Tolerance::for_dtype(dtype),
                                          got.bytes.data(), want.bytes.data(), kNoPoison);
      ASSERT_EQ(s.mismatches, 1u) << dtype_name(dtype) << " " << i;
      ASSERT_EQ(s.first_bad_index, i);
      ASSERT_EQ(s.worst_index, i);
      ASSERT_EQ(s.elements, n);
    }
  }
}

TEST(Compare, RandomErrorsAndSpecialValuesGiveWhatTheOracleSays) {
  std::mt19937_64 random(20240607);
  const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (const Dtype dtype : all_dtypes())
    for (const std::size_t n : {1, 7, 16, 100, 1029, 3000})
      for (const double special_share : {0.0, 0.02, 0.5})
        for (const Tolerance& t :
             {Tolerance::exact(), tolerance(0.1, 0), tolerance(0, 0.25),
              tolerance(0.02, 0.01, 0.05), tolerance(0, kInf), tolerance(2, 0)}) {
          Array want(dtype, n), got(dtype, n);
          for (std::size_t i = 0; i < want.components(); ++i) {
            if (is_integral(dtype)) {
              const double top = dtype == Dtype::boolean ? 2 : 100;
              want.set(i, std::floor(unit() * top));
              got.set(i, unit() < 0.3 ? std::floor(unit() * top) : want.get(i));
              if (dtype == Dtype::boolean && unit() < 0.05) got.bytes[i] = std::byte{3};
              continue;
            }
            const double tiny = dtype == Dtype::fp64 || dtype == Dtype::complex128 ? 0x1p-1030
                                : dtype == Dtype::fp16                             ? 0x1p-16
                                : dtype == Dtype::fp8_e4m3                         ? 0x1p-8
                                : dtype == Dtype::fp8_e5m2                         ? 0x1p-15
                                                                                   : 0x1p-130;
            const double specials[] = {kNan, kInf, -kInf, 0.0, -0.0, tiny, -tiny, 1.5};
            const auto value = [&] {
              return unit() < special_share ? specials[random() % 8] : unit() * 8 - 4;
            };
            want.set(i, value());
            got.set(i, unit() < 0.2 ? value() : want.get(i) * (1 + 0.3 * (unit() - 0.5)));
          }
          expect_as_oracle(t, got, want, "share " + std::to_string(special_share));
          if (HasFailure()) return;
        }
}

TEST(Compare, StatisticsHaveTheSameBitsOnEveryIsa) {
  std::mt19937_64 random(5);
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::bf16}) {
    Array want(dtype, 60007), got(dtype, 60007);
    for (std::size_t i = 0; i < 60007; ++i) {
      want.set(i, static_cast<double>(random() >> 11) * 0x1p-53);
      got.set(i, want.get(i) * (1 + static_cast<double>(random() >> 11) * 0x1p-60));
    }
    std::vector<CompareStats> all;
    for (const Isa isa : available_isas()) {
      const ForcedIsa forced(isa);
      all.push_back(compare_same(line(dtype, 60007), tolerance(0.0078123, 1e-5), got.bytes.data(),
                                 want.bytes.data(), kNoPoison));
    }
    for (const CompareStats& s : all) {
      EXPECT_EQ(s.error_sum_squares, all[0].error_sum_squares);
      EXPECT_EQ(s.want_sum_squares, all[0].want_sum_squares);
      EXPECT_EQ(s.max_abs_error, all[0].max_abs_error);
      EXPECT_EQ(s.max_allowed_ratio, all[0].max_allowed_ratio);
      EXPECT_EQ(s.worst_index, all[0].worst_index);
    }
  }
}

TEST(Compare, ANanIsAMismatchWhateverTheTolerance) {
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::fp16, Dtype::bf16, Dtype::fp8_e4m3,
                            Dtype::fp8_e5m2, Dtype::tf32, Dtype::complex64, Dtype::complex128})
    for (const Tolerance& t :
         {tolerance(kInf, kInf), tolerance(1e300, 1e300), tolerance(0, kInf, 1)})
      for (std::size_t i = 0; i < 35; ++i) {
        const Array want = ordinary_array(dtype, 35);
        Array got = want;
        got.set(i * got.per_element(), kNan);
        const CompareStats s =
            compare_same(line(dtype, 35), t, got.bytes.data(), want.bytes.data(), kNoPoison);
        ASSERT_EQ(s.mismatches, 1u) << dtype_name(dtype);
        ASSERT_EQ(s.nans, 1u);
        ASSERT_EQ(s.first_bad_index, i);
        ASSERT_EQ(s.max_allowed_ratio, kInf);
      }
}

TEST(Compare, InfinitiesHaveToBeTheSame) {
  const auto mismatches = [](double got_value, double want_value, const Tolerance& t) {
    Array want = ordinary_array(Dtype::fp32, 20), got = want;
    want.set(18, want_value), got.set(18, got_value);
    return compare_same(line(Dtype::fp32, 20), t, got.bytes.data(), want.bytes.data(), kNoPoison)
        .mismatches;
  };
  for (const Tolerance& t :
       {Tolerance::exact(), tolerance(1, 1), tolerance(0, kInf), tolerance(0, 0, 1)}) {
    EXPECT_EQ(mismatches(kInf, kInf, t), 0u);
    EXPECT_EQ(mismatches(-kInf, -kInf, t), 0u);
    EXPECT_EQ(mismatches(kNan, kNan, t), 0u);
    EXPECT_EQ(mismatches(-kInf, kInf, t), 1u);
    EXPECT_EQ(mismatches(3, kInf, t), 1u);
    EXPECT_EQ(mismatches(kInf, 3, t), 1u);
    EXPECT_EQ(mismatches(kInf, kNan, t), 1u);
    EXPECT_EQ(mismatches(3, kNan, t), 1u);
    EXPECT_EQ(mismatches(0.0, -0.0, t), 0u);
  }
}

TEST(Compare, TheRmsTermIsOfTheWholeTensorWithoutWhatIsNotFinite) {
  Array want(Dtype::fp32, 40);
  for (std::size_t i = 0; i < 40; ++i) want.set(i, i % 2 == 0 ? 3 : -3);
  want.set(7, kInf);
  want.set(8, kNan);
  Array got = want;
  got.set(30, 3.2984375);
  EXPECT_EQ(compare_same(line(Dtype::fp32, 40), tolerance(0, 0, 0.1), got.bytes.data(),
                         want.bytes.data(), kNoPoison)
                .mismatches,
            0u);
  got.set(30, 3.3015625);
  EXPECT_EQ(compare_same(line(Dtype::fp32, 40), tolerance(0, 0, 0.1), got.bytes.data(),
                         want.bytes.data(), kNoPoison)
                .mismatches,
            1u);
}

TEST(Compare, LargeIntegersAreExact) {
  Array want(Dtype::int64, 5), got(Dtype::int64, 5);
  const std::int64_t a = (1ll << 60) + 1, b = 1ll << 60;  // the same double
  std::memcpy(&want.bytes[16], &a, 8);
  std::memcpy(&got.bytes[16], &b, 8);
  const auto s = compare_same(line(Dtype::int64, 5), Tolerance::exact(), got.bytes.data(),
                              want.bytes.data(), kNoPoison);
  EXPECT_EQ(s.mismatches, 1u);
  EXPECT_EQ(s.max_abs_error, 1);
  EXPECT_EQ(s.max_allowed_ratio, kInf);
  const std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = ~least;
  std::memcpy(&want.bytes[16], &least, 8);
  std::memcpy(&got.bytes[16], &most, 8);
  EXPECT_EQ(compare_same(line(Dtype::int64, 5), tolerance(0, 1e19), got.bytes.data(),
                         want.bytes.data(), kNoPoison)
                .mismatches,
            1u);
}

TEST(Compare, ABoolThatIsNeitherIsAMismatchEvenOnBothSides) {
  Array a(Dtype::boolean, 9);
  a.bytes[4] = std::byte{2};
  for (const Tolerance& t : {Tolerance::exact(), tolerance(9, 9)}) {
    const auto s =
        compare_same(line(Dtype::boolean, 9), t, a.bytes.data(), a.bytes.data(), kNoPoison);
    EXPECT_EQ(s.mismatches, 1u);
    EXPECT_EQ(s.first_bad_index, 4u);
  }
}

TEST(Compare, StridedTensorsAreComparedByElementAndGapsIgnored) {
  for (const Dtype dtype : all_dtypes()) {
    Tensor t = {.name = "x", .dtype = dtype, .shape = {5, 30, 11}, .strides = {2, 10 * 11 + 3, 10}};
    const std::size_t bytes = dtype_bytes(dtype);
    std::vector<std::byte> got(t.storage_bytes(), std::byte{0x11}),
        want(got.size(), std::byte{0x22});
    const Array dense = ordinary_array(dtype, 5 * 30 * 11);
    const auto place = [](std::size_t i) { return i / 330 * 2 + i / 11 % 30 * 113 + i % 11 * 10; };
    for (std::size_t i = 0; i < 1650; ++i)
      for (auto* v : {&got, &want})
        std::memcpy(&(*v)[place(i) * bytes], &dense.bytes[i * bytes], bytes);
    const ExpectedTensor expected = dense.expected();
    EXPECT_EQ(compare_same(t, Tolerance::exact(), got.data(), want.data(), kNoPoison).mismatches,
              0u);
    EXPECT_EQ(compare(t, Tolerance::exact(), got.data(), expected, kNoPoison).mismatches, 0u);
    for (const std::size_t i : {0, 1, 329, 1024, 1649}) {
      auto wrong = got;
      wrong[place(i) * bytes] ^= std::byte{1};
      wrong[place(i) * bytes + bytes - 1] ^= std::byte{8};
      for (const auto& s :
           {compare_same(t, Tolerance::exact(), wrong.data(), want.data(), kNoPoison),
            compare(t, Tolerance::exact(), wrong.data(), expected, kNoPoison)}) {
        EXPECT_EQ(s.mismatches, 1u) << dtype_name(dtype) << " " << i;
        EXPECT_EQ(s.first_bad_index, i);
        EXPECT_EQ(s.elements, 1650u);
      }
    }
  }
}

TEST(Compare, StaleBytesAreCounted) {
  for (const Dtype dtype : all_dtypes()) {
    const std::size_t n = 1031, bytes = dtype_bytes(dtype);
    const Array want = ordinary_array(dtype, n);
    Array got = want;
    // The second half, from a multiple of 8 bytes on, was never written.
    const std::size_t begin = n / 2 * bytes / 16 * 16;
    for (std::size_t i = begin; i < got.bytes.size(); ++i)
      got.bytes[i] = static_cast<std::byte>(kPoison >> (8 * (i % 8)));
    const auto s = compare_same(line(dtype, n), Tolerance::for_dtype(dtype), got.bytes.data(),
                                want.bytes.data(), kPoison);
    EXPECT_EQ(s.stale, got.bytes.size() - begin) << dtype_name(dtype);
    EXPECT_EQ(compare_same(line(dtype, n), Tolerance::exact(), want.bytes.data(), want.bytes.data(),
                           kPoison)
                  .stale,
              0u);
  }
}

TEST(Compare, OneStaleElementOfAStridedTensorIsCounted) {
  const Tensor t = {.name = "x", .dtype = Dtype::fp16, .shape = {9}, .strides = {3}};
  std::vector<std::byte> got(t.storage_bytes());
  for (std::size_t i = 0; i < got.size(); ++i)
    got[i] = static_cast<std::byte>(kPoison >> (8 * (i % 8)));
  for (std::size_t e = 0; e < 9; ++e)
    if (e != 5) got[6 * e] = got[6 * e + 1] = std::byte{0};
  EXPECT_EQ(compare_same(t, Tolerance::exact(), got.data(), got.data(), kPoison).stale, 2u);
}

TEST(Compare, ConstantsAreSeen) {
  for (const Dtype dtype : all_dtypes())
    for (const std::size_t n : {1, 2, 40, 1500}) {
      Array flat(dtype, n), other(dtype, n);
      for (std::size_t i = 0; i < flat.components(); ++i) flat.set(i, 1), other.set(i, 1);
      other.set(other.components() - 1, 0);
      const auto s = compare_same(line(dtype, n), Tolerance::exact(), flat.bytes.data(),
                                  other.bytes.data(), kNoPoison);
      EXPECT_TRUE(s.got_is_constant);
      EXPECT_EQ(s.constant, 1);
      EXPECT_EQ(s.want_is_constant, n == 1) << dtype_name(dtype) << " " << n;
      const auto r = compare(line(dtype, n), Tolerance::exact(), other.bytes.data(),
                             flat.expected(), kNoPoison);
      EXPECT_EQ(r.got_is_constant, n == 1);
      EXPECT_TRUE(r.want_is_constant);
    }
}

TEST(Compare, AnEmptyTensorIsRight) {
  const auto s = compare(line(Dtype::fp32, 0), Tolerance::exact(), nullptr, {}, kPoison);
  EXPECT_EQ(s.elements, 0u);
  EXPECT_EQ(s.mismatches, 0u);
}

TEST(Merge, AddsCallsAndKeepsTheWorst) {
  const auto call = [](double got, double want, std::size_t at) {
    Array w = ordinary_array(Dtype::fp32, 20), g = w;
    w.set(at, want), g.set(at, got);
    return compare_same(line(Dtype::fp32, 20), tolerance(0, 1), g.bytes.data(), w.bytes.data(),
                        kNoPoison);
  };
  CompareStats total;
  merge(total, call(1.5, 1, 3));   // ratio 0.5
  merge(total, call(4, 1, 7));     // ratio 3, wrong
  merge(total, call(kNan, 1, 9));  // wrong
  merge(total, CompareStats{});
  EXPECT_EQ(total.elements, 60u);
  EXPECT_EQ(total.mismatches, 2u);
  EXPECT_EQ(total.first_bad_index, 7u);
  EXPECT_EQ(total.worst_index, 9u);
  EXPECT_EQ(total.max_allowed_ratio, kInf);
  EXPECT_EQ(total.nans, 1u);
  EXPECT_DOUBLE_EQ(total.error_sum_squares, 0.25 + 9);
}

TEST(Merge, ConstantsOfCallsHaveToAgree) {
  const auto call = [](double value) {
    Array a(Dtype::fp32, 4);
    for (std::size_t i = 0; i < 4; ++i) a.set(i, value);
    return compare_same(line(Dtype::fp32, 4), Tolerance::exact(), a.bytes.data(), a.bytes.data(),
                        kNoPoison);
  };
  CompareStats same, different;
  merge(same, call(2)), merge(same, call(2));
  merge(different, call(2)), merge(different, call(3));
  EXPECT_TRUE(same.got_is_constant && same.want_is_constant);
  EXPECT_FALSE(different.got_is_constant || different.want_is_constant);
}

}  // namespace
}  // namespace aisp
