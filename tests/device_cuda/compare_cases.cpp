#include "device_cuda/compare_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <fmt/format.h>

namespace aisp {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kPoison = 0xa5b6c7d8e9fa0b1cull;

enum class Content { equal, near, wild, special, constant, coarse, unwritten };
constexpr Content kContents[] = {Content::equal,    Content::near,     Content::wild,
                                 Content::special,  Content::constant, Content::coarse,
                                 Content::unwritten};
constexpr const char* kContentNames[] = {"equal",    "near",   "wild",     "special",
                                         "constant", "coarse", "unwritten"};

Dtype component_of(Dtype d) {
  return d == Dtype::complex64 ? Dtype::fp32 : d == Dtype::complex128 ? Dtype::fp64 : d;
}

double denormal_of(Dtype d) {
  switch (component_of(d)) {
    case Dtype::fp64: return 0x1p-1030;
    case Dtype::fp16: return 0x1p-16;
    case Dtype::fp8_e4m3: return 0x1p-8;
    case Dtype::fp8_e5m2: return 0x1p-15;
    default: return 0x1p-130;
  }
}

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}
  double unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  double want(Dtype d, Content content) {
    if (d == Dtype::boolean) return unit() < 0.5;
    if (content == Content::constant) return 3;
    if (is_integral(d)) return std::floor(unit() * 100) - (d == Dtype::uint8 ? 0 : 50);
    if (content == Content::coarse) return std::floor(unit() * 8) - 4;
    if (content == Content::special && unit() < 0.1) return special(d);
    return unit() * 8 - 4;
  }
  double got(Dtype d, Content content, double want) {
    switch (content) {
      case Content::near: return is_integral(d) ? want : want * (1 + 0.003 * (unit() - 0.5));
      case Content::wild: return unit() < 0.3 ? this->want(d, content) : want;
      case Content::special:
        return unit() < 0.1   ? special(d)
               : unit() < 0.1 ? 0
                              : (is_integral(d) ? want : want * (1 + 0.01 * (unit() - 0.5)));
      case Content::coarse:
        return unit() < 0.1 && want < 90 && d != Dtype::boolean ? want + 1 : want;
      default: return want;
    }
  }
  std::uint64_t bits() { return random_(); }

 private:
  double special(Dtype d) {
    if (is_integral(d)) return 1;
    const double tiny = denormal_of(d);
    const double values[] = {kNan, kInf, -kInf, 0.0, -0.0, tiny, -tiny, 1.5, 3 * tiny};
    return values[random_() % std::size(values)];
  }
  std::mt19937_64 random_;
};

std::vector<Tensor> tensors(Dtype dtype, std::int64_t most) {
  std::vector<Tensor> all;
  const auto add = [&](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
    Tensor t = {.name = "y", .dtype = dtype, .shape = std::move(shape)};
    t.strides = std::move(strides);
    if (t.elements() <= most) all.push_back(std::move(t));
  };
  for (const std::int64_t n : {0, 1, 2, 7, 16, 33, 1000, 1029, 5003}) add({n}, {});
  add({270001}, {});  // several blocks of threads in every dtype
  add({37, 9}, {23, 2});
  add({5, 30, 11}, {2, 113, 10});
  return all;
}

std::vector<Tolerance> tolerances(Dtype dtype) {
  const auto t = [](double rtol, double atol, double rms) {
    return Tolerance{rtol, atol, rms, {}};
  };
  return {Tolerance::exact(),  Tolerance::for_dtype(dtype),
          t(0.1, 0.003, 0),    t(0, 0.25, 0),
          t(0.02, 0.01, 0.05), t(0, kInf, 0),
          t(0, 0, 1e-3),       t(kInf, kInf, 0)};
}

// Row-major logical element to storage place.
std::vector<std::size_t> places(const Tensor& t) {
  std::vector<std::size_t> result;
  const auto strides = t.effective_strides();
  for (std::int64_t i = 0; i < t.elements(); ++i) {
    std::int64_t rest = i, at = 0;
    for (std::size_t d = t.shape.size(); d-- > 0;) {
      at += rest % t.shape[d] * strides[d];
      rest /= t.shape[d];
    }
    result.push_back(static_cast<std::size_t>(at));
  }
  return result;
}

CompareCase make_case(const Tensor& tensor, Content content, bool between, std::uint64_t seed) {
  CompareCase c;
  c.tensor = tensor;
  c.poison = kPoison;
  c.got.assign(tensor.storage_bytes(), std::byte{0x11});
  c.want.assign(tensor.storage_bytes(), std::byte{0x22});
  Maker maker(seed);
  const Dtype component = component_of(tensor.dtype);
  const std::size_t size = dtype_bytes(component);
  const std::size_t per_element = is_complex(tensor.dtype) ? 2 : 1;
  for (const std::size_t place : places(tensor))
    for (std::size_t part = 0; part < per_element; ++part) {
      const std::size_t at = (place * per_element + part) * size;
      const double want = maker.want(component, content);
      store_real(component, &c.want[at], want);
      store_real(component, &c.got[at],
                 maker.got(component, content, load_real(component, &c.want[at])));
      if (component == Dtype::boolean && content == Content::special && maker.unit() < 0.05)
        c.got[at] = std::byte{3};
      const double held = load_real(component, &c.want[at]);
      if (is_integral(component))
        c.expected.integer.push_back(static_cast<std::int64_t>(held));
      else
        c.expected.real.push_back(between ? held * (1 + 1e-7 * maker.unit()) : held);
    }
  if (content == Content::unwritten) {  // poison is left here and there, and at the end
    std::uint64_t word = kPoison;
    for (std::size_t at = 0; at < c.got.size(); at += 4)
      if (maker.unit() < 0.4 || at + 20 > c.got.size())
        std::memcpy(&c.got[at], reinterpret_cast<const char*>(&word) + at % 8,
                    std::min<std::size_t>(4, c.got.size() - at));
  }
  c.name = fmt::format("{} {} [{}]{}{}", dtype_name(tensor.dtype),
                       kContentNames[static_cast<int>(content)], tensor.elements(),
                       tensor.contiguous() ? "" : " strided", between ? " between" : "");
  return c;
}

bool close(double a, double b, double relative) {
  return a == b || (std::isnan(a) && std::isnan(b)) ||
         std::fabs(a - b) <= relative * std::max(std::fabs(a), std::fabs(b));
}

bool same(double a, double b) { return close(a, b, 0); }

}  // namespace

void for_compare_cases(std::int64_t most_elements,
                       const std::function<void(const CompareCase&)>& look) {
  std::uint64_t seed = 1;
  for (std::uint32_t i = 0; i < kDtypeCount; ++i) {
    const auto dtype = static_cast<Dtype>(i);
    for (const Tensor& tensor : tensors(dtype, most_elements))
      for (const Content content : kContents) {
        const bool between = seed % 2 == 1;
        CompareCase c = make_case(tensor, content, between, seed++);
        const std::string name = c.name;
        // Large tensors are for the adding up; one tolerance of each kind will do.
        std::size_t number = 0;
        for (const Tolerance& tolerance : tolerances(dtype)) {
          if (tensor.elements() > 100000 && number++ % 4 != 0) continue;
          c.tolerance = tolerance;
          c.name = fmt::format("{}, rtol {} atol {} rms {}", name, tolerance.rtol, tolerance.atol,
                               tolerance.rms);
          look(c);
        }
      }
  }
}

void expect_stats(const CompareStats& want, const cuda::DeviceCompareStats& got,
                  const CompareCase& c, const std::string& how) {
  SCOPED_TRACE(c.name + ", " + how);
  EXPECT_EQ(got.elements, want.elements);
  EXPECT_EQ(got.mismatches, want.mismatches);
  EXPECT_EQ(got.nans, want.nans);
  EXPECT_EQ(got.infs, want.infs);
  EXPECT_EQ(got.denormals_flushed, want.denormals_flushed);
  EXPECT_EQ(got.stale, want.stale);
  EXPECT_PRED2(same, got.max_abs_error, want.max_abs_error);
  const double last_bits = c.tolerance.rms == 0 ? 0 : 1e-13;
  EXPECT_PRED3(close, got.max_allowed_ratio, want.max_allowed_ratio, last_bits);
  EXPECT_PRED3(close, got.error_sum_squares, want.error_sum_squares, 1e-11);
  EXPECT_PRED3(close, got.want_sum_squares, want.want_sum_squares, 1e-11);
  // Of elements with the same ratio the GPU names the first, the CPU one of them.
  EXPECT_LE(got.worst_index, want.worst_index);
  if (got.worst_index == want.worst_index) {
    EXPECT_PRED2(same, got.worst_got, want.worst_got);
    EXPECT_PRED2(same, got.worst_want, want.worst_want);
  } else if (std::isfinite(got.max_allowed_ratio) && !is_complex(c.tensor.dtype) &&
             c.tolerance.rms == 0) {
    const double base = std::min(c.tolerance.atol, std::numeric_limits<double>::max());
    EXPECT_EQ(std::fabs(got.worst_got - got.worst_want) /
                  (base + c.tolerance.rtol * std::fabs(got.worst_want)),
              got.max_allowed_ratio);
  }
  EXPECT_EQ(got.first_bad_index, want.first_bad_index);
  EXPECT_PRED2(same, got.first_bad_got, want.first_bad_got);
  EXPECT_PRED2(same, got.first_bad_want, want.first_bad_want);
  EXPECT_EQ(got.got_is_constant != 0, want.got_is_constant);
  EXPECT_EQ(got.want_is_constant != 0, want.want_is_constant);
  EXPECT_PRED2(same, got.constant, want.constant);
  EXPECT_PRED2(same, got.want_constant, want.want_constant);
}

}  // namespace aisp
