// The rule that the GPU's compare applies to each element, on the host, against the CPU's compare.
#include "device/cuda/kernels/compare_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "device/cuda/fill_job.h"
#include "device_cuda/compare_cases.h"

namespace aisp::cuda {
namespace {

std::uint64_t bits_at(const std::vector<std::byte>& bytes, std::uint64_t offset,
                      std::uint32_t size) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &bytes[offset], size);
  return bits;
}

// Reads the components of a case's elements as the kernels do.
class Elements {
 public:
  Elements(const CompareCase& c, bool same) : c_(c), same_(same), layout_(*layout_of(c.tensor)) {}

  std::uint32_t parts() const { return is_complex_type(c_.tensor.dtype) ? 2 : 1; }
  std::uint64_t got_bits(std::uint64_t element, std::uint32_t part) const {
    return stored_bits(c_.got, element, part);
  }
  double got(std::uint64_t element, std::uint32_t part) const {
    return decoded_real(c_.tensor.dtype, got_bits(element, part));
  }
  double want(std::uint64_t element, std::uint32_t part) const {
    if (!same_) return c_.expected.real[element * parts() + part];
    return decoded_real(c_.tensor.dtype, stored_bits(c_.want, element, part));
  }
  std::int64_t got_integer(std::uint64_t element) const {
    return decoded_integer(c_.tensor.dtype, got_bits(element, 0));
  }
  std::int64_t want_integer(std::uint64_t element) const {
    if (!same_) return c_.expected.integer[element];
    return decoded_integer(c_.tensor.dtype, stored_bits(c_.want, element, 0));
  }

 private:
  std::uint64_t stored_bits(const std::vector<std::byte>& bytes, std::uint64_t element,
                            std::uint32_t part) const {
    const std::uint32_t size = bytes_of_component(c_.tensor.dtype);
    return bits_at(bytes, (storage_place(layout_, element) * parts() + part) * size, size);
  }

  const CompareCase& c_;
  bool same_;
  TensorLayout layout_;
};

double smallest_normal(Dtype d) {
  switch (d) {
    case Dtype::fp64:
    case Dtype::complex128: return std::numeric_limits<double>::min();
    case Dtype::fp16:
    case Dtype::fp8_e5m2: return 0x1p-14;
    case Dtype::fp8_e4m3: return 0x1p-6;
    default: return std::numeric_limits<float>::min();
  }
}

double rms_of_want(const CompareCase& c, const Elements& elements) {
  double squares = 0, count = 0;
  for (std::uint64_t e = 0; e < static_cast<std::uint64_t>(c.tensor.elements()); ++e) {
    double square = 0;
    bool finite = true;
    for (std::uint32_t part = 0; part < elements.parts(); ++part) {
      const double w = is_integer_type(c.tensor.dtype)
                           ? static_cast<double>(elements.want_integer(e))
                           : elements.want(e, part);
      finite &= finite_value(w);
      square += w * w;
    }
    if (finite) squares += square, count += 1;
  }
  return count == 0 ? 0 : std::sqrt(squares / count);
}

Tally judged_by_rule(const CompareCase& c, const Elements& elements) {
  const Tolerance& t = c.tolerance;
  const double rms = t.rms == 0 ? 0 : t.rms * rms_of_want(c, elements);
  const Limits limits = {std::min(t.atol + rms, largest_double()), t.rtol,
                         smallest_normal(c.tensor.dtype), t.rtol == 0 && t.atol == 0 && t.rms == 0,
                         c.tensor.dtype == Dtype::boolean};
  Tally tally;
  for (std::uint64_t e = 0; e < static_cast<std::uint64_t>(c.tensor.elements()); ++e) {
    if (is_integer_type(c.tensor.dtype)) {
      judge_integer(tally, limits, e, elements.got_integer(e), elements.want_integer(e));
    } else if (elements.parts() == 2) {
      const double got[2] = {elements.got(e, 0), elements.got(e, 1)};
      const double want[2] = {elements.want(e, 0), elements.want(e, 1)};
      judge_complex(tally, limits, e, got, want);
    } else {
      judge_real(tally, limits, e, elements.got(e, 0), elements.want(e, 0));
    }
  }
  return tally;
}

// Of bytes and of whole tensors the kernels keep count themselves: taken over from the CPU here.
DeviceCompareStats stats_by_rule(const CompareCase& c, bool same, const CompareStats& cpu) {
  const Elements elements(c, same);
  const Tally tally = judged_by_rule(c, elements);
  DeviceCompareStats s{};
  s.elements = static_cast<std::uint64_t>(c.tensor.elements());
  s.mismatches = tally.mismatches;
  s.nans = tally.nans;
  s.infs = tally.infs;
  s.denormals_flushed = tally.denormals_flushed;
  s.max_abs_error = tally.max_abs_error;
  s.max_allowed_ratio = tally.max_ratio;
  s.error_sum_squares = tally.error_sum_squares;
  s.want_sum_squares = tally.want_sum_squares;
  const auto show = [&](std::uint64_t e, double& got, double& want) {
    if (is_integer_type(c.tensor.dtype)) {
      got = static_cast<double>(elements.got_integer(e));
      want = static_cast<double>(elements.want_integer(e));
      return;
    }
    const double g[2] = {elements.got(e, 0), elements.parts() == 2 ? elements.got(e, 1) : 0};
    const double w[2] = {elements.want(e, 0), elements.parts() == 2 ? elements.want(e, 1) : 0};
    const int part = elements.parts() == 2 ? reported_component(g, w) : 0;
    got = g[part], want = w[part];
  };
  if (tally.max_ratio > 0) {
    s.worst_index = tally.worst_index;
    show(s.worst_index, s.worst_got, s.worst_want);
  }
  if (tally.mismatches > 0) {
    s.first_bad_index = tally.first_bad_index;
    show(s.first_bad_index, s.first_bad_got, s.first_bad_want);
  }
  s.stale = cpu.stale;
  s.constant = cpu.constant, s.want_constant = cpu.want_constant;
  s.got_is_constant = cpu.got_is_constant, s.want_is_constant = cpu.want_is_constant;
  return s;
}

TEST(CudaCompareRule, GivesTheNumbersOfTheCpu) {
  int cases = 0;
  for_compare_cases(6000, [&](const CompareCase& c) {
    if (HasFailure()) return;
    ++cases;
    const CompareStats same =
        compare_same(c.tensor, c.tolerance, c.got.data(), c.want.data(), c.poison);
    expect_stats(same, stats_by_rule(c, true, same), c, "same");
    const CompareStats expected =
        compare(c.tensor, c.tolerance, c.got.data(), c.expected, c.poison);
    expect_stats(expected, stats_by_rule(c, false, expected), c, "expected");
  });
  EXPECT_GT(cases, 5000);
}

TEST(CudaCompareRule, DecodesAsTheCpuDoes) {
  for (std::uint32_t i = 0; i < kDtypeCount; ++i) {
    const auto dtype = static_cast<Dtype>(i);
    const std::uint32_t size = bytes_of_component(dtype);
    EXPECT_EQ(size * (is_complex_type(dtype) ? 2 : 1), dtype_bytes(dtype));
    EXPECT_EQ(is_integer_type(dtype), is_integral(dtype));
    if (size > 2) continue;
    for (std::uint64_t bits = 0; bits < 1ull << (8 * size); ++bits) {
      const double want = load_real(dtype, &bits);
      const double got = is_integer_type(dtype) ? static_cast<double>(decoded_integer(dtype, bits))
                                                : decoded_real(dtype, bits);
      if (std::isnan(want))
        ASSERT_TRUE(std::isnan(got)) << dtype_name(dtype) << " " << bits;
      else
        ASSERT_EQ(bits_of(got), bits_of(want)) << dtype_name(dtype) << " " << bits;
    }
  }
}

}  // namespace
}  // namespace aisp::cuda
