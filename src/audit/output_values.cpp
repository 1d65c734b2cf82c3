#include "audit/output_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "verify/element_decode.h"

namespace aisp::audit {
namespace {

std::size_t components(const Tensor& tensor) { return is_complex(tensor.dtype) ? 2 : 1; }

std::size_t elements(const Tensor& tensor) { return static_cast<std::size_t>(tensor.elements()); }

// Storage offsets of the logical elements, in order.
template <class F>
void for_each_place(const Tensor& tensor, const F& f) {
  const std::size_t count = elements(tensor);
  if (tensor.contiguous()) {
    for (std::size_t i = 0; i < count; ++i) f(i, i);
    return;
  }
  const auto strides = tensor.effective_strides();
  std::vector<std::int64_t> index(tensor.shape.size());
  std::int64_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    f(i, static_cast<std::size_t>(at));
    for (std::size_t d = index.size(); d-- > 0;) {
      at += strides[d];
      if (++index[d] < tensor.shape[d]) break;
      at -= index[d] * strides[d];
      index[d] = 0;
    }
  }
}

void store_integer(Dtype dtype, std::byte* to, std::int64_t value) {
  switch (dtype_bytes(dtype)) {
    case 1: {
      const auto v = static_cast<std::uint8_t>(value);
      std::memcpy(to, &v, 1);
      return;
    }
    case 2: {
      const auto v = static_cast<std::uint16_t>(value);
      std::memcpy(to, &v, 2);
      return;
    }
    case 4: {
      const auto v = static_cast<std::uint32_t>(value);
      std::memcpy(to, &v, 4);
      return;
    }
    default: std::memcpy(to, &value, 8);
  }
}

double size_of(const Tensor& tensor, const ExpectedTensor& v, std::size_t i) {
  if (components(tensor) == 1) return std::fabs(v.real[i]);
  return std::hypot(v.real[2 * i], v.real[2 * i + 1]);
}

double rms(const ExpectedTensor& v) {
  double squares = 0;
  for (const double x : v.real)
    if (std::isfinite(x)) squares += x * x;
  return v.real.empty() ? 0 : std::sqrt(squares / static_cast<double>(v.real.size()));
}

// Rounded to nearest even at `bits` of mantissa.
double cut_mantissa(double value, int bits) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  std::frexp(value, &exponent);
  const double step = std::ldexp(1.0, exponent - 1 - bits);
  return std::nearbyint(value / step) * step;
}

struct Narrower {
  const char* name;
  int mantissa_bits;
};

std::optional<Narrower> narrower(Dtype dtype) {
  switch (dtype) {
    case Dtype::fp64:
    case Dtype::complex128: return Narrower{"fp32", 23};
    case Dtype::fp32:
    case Dtype::complex64: return Narrower{"tf32", 10};
    case Dtype::tf32:
    case Dtype::fp16: return Narrower{"bf16", 7};
    case Dtype::bf16: return Narrower{"fp8_e4m3", 3};
    case Dtype::fp8_e4m3: return Narrower{"fp8_e5m2", 2};
    default: return std::nullopt;
  }
}

}  // namespace

std::vector<std::byte> encode(const Tensor& tensor, const ExpectedTensor& values) {
  std::vector<std::byte> bytes(tensor.storage_bytes());
  const std::size_t width = dtype_bytes(tensor.dtype);
  if (is_integral(tensor.dtype)) {
    for_each_place(tensor, [&](std::size_t i, std::size_t at) {
      store_integer(tensor.dtype, bytes.data() + at * width, values.integer[i]);
    });
    return bytes;
  }
  const std::size_t parts = components(tensor);
  for_each_place(tensor, [&](std::size_t i, std::size_t at) {
    for (std::size_t c = 0; c < parts; ++c)
      store_real(tensor.dtype, bytes.data() + at * width + c * (width / parts),
                 values.real[i * parts + c]);
  });
  return bytes;
}

ExpectedTensor copied(const Tensor& from, const std::byte* data, const Tensor& as) {
  const auto stored = static_cast<std::size_t>(from.storage_elements()) * components(from);
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  if (is_integral(from.dtype)) {
    integers.resize(stored);
    decode_integers(from.dtype, data, stored, integers.data());
    reals.assign(integers.begin(), integers.end());
  } else {
    reals.resize(stored);
    decode_reals(from.dtype, data, stored, reals.data());
  }
  ExpectedTensor result;
  const std::size_t count = elements(as) * components(as);
  if (!is_integral(as.dtype)) {
    result.real.resize(count);
    for (std::size_t i = 0; i < count; ++i) result.real[i] = reals[i % stored];
    return result;
  }
  result.integer.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i % stored;
    if (!integers.empty()) {
      result.integer[i] = integers[at];
    } else {
      const double limit = 9.2e18;
      result.integer[i] = std::isfinite(reals[at])
                              ? static_cast<std::int64_t>(std::clamp(reals[at], -limit, limit))
                              : 0;
    }
  }
  return result;
}

ExpectedTensor zeros(const ExpectedTensor& right) {
  return {std::vector<double>(right.real.size(), 0.0),
          std::vector<std::int64_t>(right.integer.size(), 0)};
}

ExpectedTensor shuffled(const Tensor& tensor, const ExpectedTensor& right, RandomSource& random) {
  ExpectedTensor result = right;
  const std::size_t count = elements(tensor), parts = components(tensor);
  for (std::size_t i = count; i-- > 1;) {  // Sattolo: one cycle, nothing stays where it is
    const auto j = static_cast<std::size_t>(random.below(i));
    if (!result.integer.empty()) std::swap(result.integer[i], result.integer[j]);
    for (std::size_t c = 0; c < parts && !result.real.empty(); ++c)
      std::swap(result.real[i * parts + c], result.real[j * parts + c]);
  }
  return result;
}

ExpectedTensor truncated(const Tensor& tensor, const ExpectedTensor& right) {
  ExpectedTensor result = right;
  const std::size_t kept = elements(tensor) - std::max<std::size_t>(1, elements(tensor) / 8);
  if (!result.integer.empty())
    std::fill(result.integer.begin() + static_cast<std::ptrdiff_t>(kept), result.integer.end(), 0);
  if (!result.real.empty())
    std::fill(result.real.begin() + static_cast<std::ptrdiff_t>(kept * components(tensor)),
              result.real.end(), 0.0);
  return result;
}

ExpectedTensor one_element_off(const Tensor& tensor, const ExpectedTensor& right) {
  ExpectedTensor result = right;
  if (!result.integer.empty()) {
    std::int64_t& one = result.integer[result.integer.size() / 2];
    const std::int64_t largest = dtype_bytes(tensor.dtype) == 8
                                     ? INT64_MAX
                                     : (std::int64_t{1} << (8 * dtype_bytes(tensor.dtype) - 1)) - 1;
    if (tensor.dtype == Dtype::boolean) {
      one = one == 0 ? 1 : 0;
    } else {
      one += one == largest ? -1 : 1;
    }
    return result;
  }
  std::vector<std::size_t> order(elements(tensor));
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  std::nth_element(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
    const double x = size_of(tensor, right, a), y = size_of(tensor, right, b);
    return x < y || (x == y && a < b);
  });
  const double off = 0.5 * std::max(size_of(tensor, right, *middle), rms(right));
  double& value = result.real[*middle * components(tensor)];
  value += value > 0 ? -off : off;
  return result;
}

ExpectedTensor best_constant(const Tensor& tensor, const ExpectedTensor& right) {
  ExpectedTensor result = right;
  if (!result.integer.empty()) {
    std::map<std::int64_t, std::size_t> counts;
    for (const std::int64_t v : right.integer)
      if (counts.size() < 65536 || counts.contains(v)) ++counts[v];
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    std::fill(result.integer.begin(), result.integer.end(), most->first);
    return result;
  }
  const std::size_t parts = components(tensor);
  for (std::size_t c = 0; c < parts; ++c) {
    double sum = 0;
    for (std::size_t i = c; i < right.real.size(); i += parts) sum += right.real[i];
    const double mean = sum / static_cast<double>(elements(tensor));
    for (std::size_t i = c; i < right.real.size(); i += parts) result.real[i] = mean;
  }
  return result;
}

std::optional<Lower> lower_dtype(const Tensor& tensor, const ExpectedTensor& right) {
  const auto to = narrower(tensor.dtype);
  if (!to) return std::nullopt;
  Lower lower{to->name, right};
  bool moved = false;
  const int own = dtype_info(tensor.dtype).mantissa_bits;
  for (double& value : lower.values.real) {
    const double cut = cut_mantissa(value, to->mantissa_bits);
    moved |= cut != cut_mantissa(value, own);
    value = cut;
  }
  if (!moved) return std::nullopt;
  return lower;
}

bool is_constant(const Tensor& tensor, const ExpectedTensor& values) {
  const auto& integers = values.integer;
  if (!integers.empty())
    return std::all_of(integers.begin(), integers.end(), [&](auto v) { return v == integers[0]; });
  const std::size_t parts = components(tensor);
  for (std::size_t i = 0; i < values.real.size(); ++i)
    if (values.real[i] != values.real[i % parts]) return false;
  return true;
}

bool all_finite(const ExpectedTensor& values) {
  return std::all_of(values.real.begin(), values.real.end(),
                     [](double v) { return std::isfinite(v); });
}

bool equal(const ExpectedTensor& a, const ExpectedTensor& b) {
  const auto same_bits = [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  };
  return a.integer == b.integer &&
         std::equal(a.real.begin(), a.real.end(), b.real.begin(), b.real.end(), same_bits);
}

}  // namespace aisp::audit
