#include "device/cpu/fill.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "device/cpu/fill_kernels.h"
#include "device/cpu/fill_plan.h"

#pragma GCC optimize("fp-contract=off")

namespace aisp {
namespace {

using Kind = Distribution::Kind;

// Words, values and narrowed values of a run stay in the first-level cache.
constexpr std::size_t kRun = 1024;  // components; also the unit of `structured`
constexpr std::uint64_t kStructureBlock = 1ull << 62;
constexpr std::size_t kRunsPerTask = 32;
constexpr std::size_t kParallelBytes = 1 << 20;

// Whether every integer of [low, high] is a value of the dtype.
bool holds_integers(Dtype d, double low, double high) {
  if (is_complex(d)) return false;
  if (is_integral(d)) return low >= least_value(d) && high <= greatest_value(d);
  const double exact = std::min(std::ldexp(2.0, dtype_info(d).mantissa_bits), greatest_value(d));
  return low >= -exact && high <= exact;
}

struct Plan : FillPlan {
  const Key* key;
  std::uint64_t nonce;
  const FillKernels* kernels;
};

template <class Word>
void draw_words(const Plan& plan, std::size_t first, std::size_t n, Word* words) {
  chacha_stream(*plan.key, plan.nonce, first / (kChaChaBlockBytes / sizeof(Word)),
                std::as_writable_bytes(std::span(words, n)));
}

template <class Real>
void add_structure(const Plan& plan, std::size_t first, std::size_t n, Real greatest,
                   Real* values) {
  const std::size_t run = first / kRun;
  std::uint64_t block[8];
  chacha_stream(*plan.key, plan.nonce, kStructureBlock + run / 8,
                std::as_writable_bytes(std::span(block)));
  const std::uint64_t h = block[run % 8];
  const auto scaled = [h](int k, std::size_t bound) {
    return static_cast<std::size_t>(h >> (10 * k) & 1023) * bound / 1024;
  };
  const std::size_t equal = scaled(0, n), zero = scaled(3, n);
  Real* const end = values + n;
  std::fill(values + equal, std::min(values + equal + 1 + scaled(1, n / 4), end), values[equal]);
  Real& large = values[scaled(2, n)];
  large = std::clamp(64 * large, -greatest, greatest);
  std::fill(values + zero, std::min(values + zero + scaled(4, n / 8), end), Real{0});
}

template <class T>
T* as(std::byte* p) {
  return reinterpret_cast<T*>(p);
}

void narrow(const Plan& plan, const float* values, std::size_t n, std::byte* out) {
  const FillKernels& k = *plan.kernels;
  switch (plan.dtype) {
    case Dtype::tf32: return k.to_tf32(values, as<std::uint32_t>(out), n);
    case Dtype::fp16: return k.to_fp16(values, as<std::uint16_t>(out), n);
    case Dtype::bf16: return k.to_bf16(values, as<std::uint16_t>(out), n);
    case Dtype::fp8_e4m3: return k.to_e4m3(values, as<std::uint8_t>(out), n);
    case Dtype::fp8_e5m2: return k.to_e5m2(values, as<std::uint8_t>(out), n);
    default: std::memcpy(out, values, n * sizeof(float));
  }
}

void draw_floats(const Plan& plan, std::size_t first, std::size_t n, std::byte* out) {
  alignas(64) std::uint32_t words[kRun];
  alignas(64) float staged[kRun];
  draw_words(plan, first, n, words);
  float* const values = plan.dtype == Dtype::fp32 ? as<float>(out) : staged;
  const FillKernels& k = *plan.kernels;
  switch (plan.kind) {
    case Kind::normal: k.normal32(words, values, n, plan.as_float, normal_table()); break;
    case Kind::heavy_tailed:
      k.heavy_tailed32(words, values, n, plan.as_float, static_cast<float>(plan.octaves));
      break;
    default: k.uniform32(words, values, n, plan.as_float);
  }
  if (plan.kind == Kind::structured)
    add_structure(plan, first, n, static_cast<float>(plan.greatest), values);
  if (values == staged) narrow(plan, values, n, out);
}

void draw_doubles(const Plan& plan, std::size_t first, std::size_t n, std::byte* out) {
  alignas(64) std::uint64_t words[kRun];
  alignas(64) double staged[kRun];
  draw_words(plan, first, n, words);
  double* const values = plan.dtype == Dtype::fp64 ? as<double>(out) : staged;
  const FillKernels& k = *plan.kernels;
  switch (plan.kind) {
    case Kind::normal: k.normal64(words, values, n, plan.as_double, normal_table()); break;
    case Kind::heavy_tailed:
      k.heavy_tailed64(words, values, n, plan.as_double, plan.octaves);
      break;
    default: k.uniform64(words, values, n, plan.as_double);
  }
  if (plan.kind == Kind::structured)
    add_structure(plan, first, n, std::numeric_limits<double>::max(), values);
  if (values != staged) return;
  const std::size_t bytes = dtype_bytes(plan.dtype);
  for (std::size_t i = 0; i < n; ++i)
    store_real(plan.dtype, out + i * bytes,
               std::min(std::max(std::floor(values[i]), plan.least), plan.greatest));
}

void store_integer(Dtype d, std::int64_t value, std::byte* out) {
  if (d == Dtype::boolean) value = value != 0;
  if (is_floating(d))
    store_real(d, out, static_cast<double>(value));
  else
    std::memcpy(out, &value, dtype_bytes(d));  // little-endian: the low bytes
}

void draw_integers(const Plan& plan, std::size_t first, std::size_t n, std::byte* out) {
  const FillKernels& k = *plan.kernels;
  const std::size_t bytes = dtype_bytes(plan.dtype);
  if (!plan.words_of_32) {
    alignas(64) std::uint64_t words[kRun];
    draw_words(plan, first, n, words);
    for (std::size_t i = 0; i < n; ++i) {
      const auto offset = plan.span == 0
                              ? words[i]
                              : static_cast<std::uint64_t>(
                                    static_cast<unsigned __int128>(words[i]) * plan.span >> 64);
      store_integer(plan.dtype,
                    static_cast<std::int64_t>(static_cast<std::uint64_t>(plan.low) + offset),
                    out + i * bytes);
    }
    return;
  }
  alignas(64) std::uint32_t words[kRun];
  alignas(64) std::int32_t values[kRun];
  alignas(64) float floats[kRun];
  draw_words(plan, first, n, words);
  k.integers32(words, values, n, static_cast<std::int32_t>(plan.low),
               static_cast<std::uint32_t>(plan.span));
  switch (plan.dtype) {
    case Dtype::int32: std::memcpy(out, values, n * sizeof *values); return;
    case Dtype::int16: return k.to_int16(values, as<std::uint16_t>(out), n);
    case Dtype::int8:
    case Dtype::uint8: return k.to_int8(values, as<std::uint8_t>(out), n);
    case Dtype::int64:
    case Dtype::boolean:
    case Dtype::fp64:
      for (std::size_t i = 0; i < n; ++i) store_integer(plan.dtype, values[i], out + i * bytes);
      return;
    default: k.to_float(values, floats, n); return narrow(plan, floats, n, out);
  }
}

// Components [first, first + n) into contiguous memory; `first` is a multiple of kRun, n at most
// it.
void draw_run(const Plan& plan, std::size_t first, std::size_t n, std::byte* out) {
  if (plan.kind == Kind::integers) return draw_integers(plan, first, n, out);
  if (plan.dtype == Dtype::boolean) {
    alignas(64) std::uint32_t words[kRun];
    draw_words(plan, first, n, words);
    return plan.kernels->booleans(words, as<std::uint8_t>(out), n);
  }
  if (drawn_as_float(plan.dtype)) return draw_floats(plan, first, n, out);
  draw_doubles(plan, first, n, out);
}

// Copies elements [first, first + n) of contiguous `from` to their places between the strides.
void scatter(const Tensor& tensor, const std::vector<std::int64_t>& strides, std::size_t first,
             std::size_t n, const std::byte* from, std::byte* data) {
  const std::size_t bytes = dtype_bytes(tensor.dtype);
  const std::size_t dimensions = tensor.shape.size();
  std::vector<std::int64_t> index(dimensions);
  auto rest = static_cast<std::int64_t>(first);
  std::int64_t at = 0;
  for (std::size_t d = dimensions; d-- > 0;) {
    index[d] = rest % tensor.shape[d];
    rest /= tensor.shape[d];
    at += index[d] * strides[d];
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::memcpy(data + at * static_cast<std::int64_t>(bytes), from + i * bytes, bytes);
    for (std::size_t d = dimensions; d-- > 0;) {
      at += strides[d];
      if (++index[d] < tensor.shape[d]) break;
      at -= index[d] * strides[d];
      index[d] = 0;
    }
  }
}

// Calls `draw` with contiguous memory for all elements, and puts them in place.
template <class Draw>
void draw_whole(const Tensor& tensor, std::byte* data, const Draw& draw) {
  if (tensor.contiguous()) return draw(data);
  const auto elements = static_cast<std::size_t>(tensor.elements());
  std::vector<std::byte> whole(elements * dtype_bytes(tensor.dtype));
  draw(whole.data());
  scatter(tensor, tensor.effective_strides(), 0, elements, whole.data(), data);
}

void draw_permutation(Dtype dtype, std::size_t n, const Key& key, std::uint64_t nonce,
                      std::byte* out) {
  std::vector<std::uint64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  ChaChaSource source(key, nonce);
  for (std::size_t i = n; i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(source.below(i + 1))]);
  for (std::size_t i = 0; i < n; ++i)
    store_integer(dtype, static_cast<std::int64_t>(order[i]), out + i * dtype_bytes(dtype));
}

Error refusal(const Tensor& tensor, std::string why) {
  return {"draw the values of a tensor", tensor.name, std::move(why),
          "Change the input's distribution or dtype"};
}

}  // namespace

Status check_fill(const Tensor& tensor, const Distribution& distribution) {
  const double a = distribution.a, b = distribution.b;
  const std::string dtype(dtype_name(tensor.dtype));
  if (!std::isfinite(a) || !std::isfinite(b))
    return refusal(tensor, "a parameter of the distribution is not finite");
  switch (distribution.kind) {
    case Kind::uniform:
      if (!(a <= b)) return refusal(tensor, "the lower bound is above the upper one");
      if (tensor.dtype == Dtype::boolean) break;
      if (!std::isfinite(b - a) || a < least_value(component_dtype(tensor.dtype)) ||
          b > greatest_value(component_dtype(tensor.dtype)) + (is_integral(tensor.dtype) ? 1 : 0))
        return refusal(tensor, "the bounds are beyond the range of " + dtype);
      break;
    case Kind::normal:
      if (b < 0) return refusal(tensor, "the deviation is negative");
      break;
    case Kind::heavy_tailed:
      if (b < 0) return refusal(tensor, "the number of octaves is negative");
      break;
    case Kind::structured:
      if (!(a >= 0 && 2 * a <= std::numeric_limits<double>::max()))
        return refusal(tensor, "the scale is negative or too large");
      break;
    case Kind::integers:
      if (!(a <= b)) return refusal(tensor, "the lower bound is above the upper one");
      if (!holds_integers(tensor.dtype, a, b))
        return refusal(tensor, dtype + " does not hold all integers of the range");
      break;
    case Kind::permutation:
      if (tensor.elements() > 0 &&
          !holds_integers(tensor.dtype, 0, static_cast<double>(tensor.elements() - 1)))
        return refusal(tensor, dtype + " does not hold all indices of the permutation");
      break;
    case Kind::custom:
      if (!distribution.generator)
        return refusal(tensor, "the custom distribution has no generator");
      break;
  }
  return success();
}

void fill_tensor(const Tensor& tensor, const Distribution& distribution, const Key& key,
                 std::uint64_t nonce, void* data) {
  const auto elements = static_cast<std::size_t>(tensor.elements());
  if (elements == 0) return;
  auto* const out = static_cast<std::byte*>(data);
  if (distribution.kind == Kind::custom)
    return draw_whole(tensor, out, [&](std::byte* whole) {
      ChaChaSource source(key, nonce);
      distribution.generator(source, whole, elements);
    });
  if (distribution.kind == Kind::permutation)
    return draw_whole(tensor, out, [&](std::byte* whole) {
      draw_permutation(tensor.dtype, elements, key, nonce, whole);
    });

  const Plan plan{make_fill_plan(tensor.dtype, distribution), &key, nonce,
                  &fill_kernels(active_isa())};
  const std::size_t element_bytes = dtype_bytes(tensor.dtype);
  const std::size_t per_element = is_complex(tensor.dtype) ? 2 : 1;
  const std::size_t components = elements * per_element;
  const std::size_t component_bytes = element_bytes / per_element;
  const bool contiguous = tensor.contiguous();
  if (contiguous && components <= kRun) return draw_run(plan, 0, components, out);

  const std::vector<std::int64_t> strides =
      contiguous ? std::vector<std::int64_t>{} : tensor.effective_strides();
  const auto draw_runs = [&](std::size_t begin, std::size_t end) {
    alignas(64) std::byte staged[kRun * sizeof(double)];
    for (std::size_t run = begin; run < end; ++run) {
      const std::size_t first = run * kRun;
      const std::size_t n = std::min(kRun, components - first);
      if (contiguous) {
        draw_run(plan, first, n, out + first * component_bytes);
      } else {
        draw_run(plan, first, n, staged);
        scatter(tensor, strides, first / per_element, n / per_element, staged, out);
      }
    }
  };
  const std::size_t runs = (components + kRun - 1) / kRun;
  if (elements * element_bytes < kParallelBytes)
    draw_runs(0, runs);
  else
    parallel_for(runs, kRunsPerTask, draw_runs);
}

}  // namespace aisp
