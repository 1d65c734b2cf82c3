// From a tensor and a distribution to what the fill kernels get. Also what says which of them can
// take it. Needs nothing of CUDA.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>

#include "aisp/tensor.h"
#include "base/chacha.h"
#include "device/cpu/fill_plan.h"
#include "device/cpu/normal_table.h"
#include "device/cuda/kernels/fill_formula.h"

namespace aisp::cuda {

// The tensor's layout with dimensions joined that lie row-major inside each other; nothing when
// more than TensorLayout::kMost are left.
inline std::optional<TensorLayout> layout_of(const Tensor& tensor) {
  TensorLayout layout{};
  if (tensor.contiguous() || tensor.elements() <= 1) return layout;
  const auto strides = tensor.effective_strides();
  for (std::size_t d = 0; d < strides.size(); ++d) {
    const auto extent = static_cast<std::uint64_t>(tensor.shape[d]);
    const auto stride = static_cast<std::uint64_t>(strides[d]);
    if (extent == 1) continue;
    const int last = layout.dimensions - 1;
    if (last >= 0 && layout.stride[last] == stride * extent) {
      layout.extent[last] *= extent;
      layout.stride[last] = stride;
      continue;
    }
    if (layout.dimensions == TensorLayout::kMost) return std::nullopt;
    layout.extent[layout.dimensions] = extent;
    layout.stride[layout.dimensions++] = stride;
  }
  if (layout.dimensions == 1 && layout.stride[0] == 1) layout.dimensions = 0;
  return layout;
}

namespace detail {

template <class Real>
PlaceOf<Real> place_of(const Affine<Real>& f) {
  return {f.a, f.b, f.low, f.high};
}

// Whether a drawn value may lie outside [low, high]. Only a yes that is not needed costs something.
// `most`: the greatest x of fill.h for uniform draws.
template <class Real>
bool may_leave_bounds(Draw draw, const PlaceOf<Real>& f, Real most, double octaves) {
  switch (draw) {
    case Draw::uniform: {  // rises with x, since b is not negative and rounding keeps the order
      const Real lowest = sum(f.a, product(f.b, Real{0}));
      const Real highest = sum(f.a, product(f.b, most));
      return f.b < 0 || f.low > lowest || f.high < highest;
    }
    case Draw::normal:  // |z| < 4.8
      return std::fabs(double{f.a}) + 5 * std::fabs(double{f.b}) > 0.99 * double{f.high};
    case Draw::heavy_tailed:
      return std::fabs(double{f.b}) * std::exp2(octaves) > 0.99 * double{f.high};
    default: return true;
  }
}

}  // namespace detail

// A job without addresses and sets, of a distribution other than permutation and custom. `layout`
// is layout_of(tensor).
inline FillJob make_fill_job(const Tensor& tensor, const Distribution& distribution,
                             const TensorLayout& layout, const Key& key) {
  const FillPlan plan = make_fill_plan(tensor.dtype, distribution);
  FillJob job{};
  job.per_element = is_complex(tensor.dtype) ? 2 : 1;
  job.components = static_cast<std::uint64_t>(tensor.elements()) * job.per_element;
  std::memcpy(job.key, key.bytes.data(), sizeof job.key);
  job.dtype = plan.dtype;
  switch (plan.kind) {
    case Distribution::Kind::normal: job.draw = Draw::normal; break;
    case Distribution::Kind::heavy_tailed: job.draw = Draw::heavy_tailed; break;
    case Distribution::Kind::integers:
      job.draw = plan.words_of_32 ? Draw::integers32 : Draw::integers64;
      break;
    default: job.draw = Draw::uniform;
  }
  job.structured = plan.kind == Distribution::Kind::structured && plan.dtype != Dtype::boolean;
  job.as_float = detail::place_of(plan.as_float);
  job.as_double = detail::place_of(plan.as_double);
  job.octaves32 = static_cast<float>(plan.octaves);
  job.octaves64 = plan.octaves;
  job.least = plan.least;
  job.greatest = plan.greatest;
  job.low = plan.low;
  job.span = plan.span;
  job.layout = layout;
  job.bounded = is_drawn_as_float(job.dtype)
                    ? detail::may_leave_bounds(job.draw, job.as_float, 16777215.0f, plan.octaves)
                    : detail::may_leave_bounds(job.draw, job.as_double, 1 - 0x1p-52, plan.octaves);
  const NormalTable& table = normal_table();
  std::memcpy(job.base, table.base, sizeof job.base);
  std::memcpy(job.slope, table.slope, sizeof job.slope);
  return job;
}

}  // namespace aisp::cuda
