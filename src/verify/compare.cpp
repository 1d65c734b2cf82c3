#include "verify/compare.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/parallel.h"
#include "verify/compare_kernels.h"
#include "verify/element_decode.h"

#pragma GCC optimize("fp-contract=off")

namespace aisp {
namespace {

constexpr std::size_t kBlock = 1024;  // components; kernels take at most 64 groups of 16
constexpr std::size_t kMostTasks = 64;
constexpr std::size_t kTaskElements = 64 << 10;
constexpr std::size_t kParallelBytes = 1 << 20;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();

// What one comparison is about. `want` is an array of the dtype laid out as the tensor, or
// contiguous double or int64.
struct Job {
  const Tensor* tensor;
  Dtype dtype;
  std::size_t element_bytes;
  const std::byte* got;
  const std::byte* want;
  bool want_is_encoded;
  const std::vector<std::int64_t>* strides;  // null: contiguous
  std::uint64_t poison;
  bool exact;  // integers: no conversion to double
  double atol, rtol;
  CompareLimits limits{};
  const CompareKernels* kernels;

  std::size_t per_element() const { return is_complex(dtype) ? 2 : 1; }
  std::size_t want_element_bytes() const {
    return want_is_encoded ? element_bytes : 8 * per_element();
  }
};

// Walks the storage offsets, in elements, of consecutive logical elements.
class Walk {
 public:
  Walk(const Tensor& tensor, const std::vector<std::int64_t>& strides, std::size_t first)
      : tensor_(tensor), strides_(strides), index_(tensor.shape.size()) {
    auto rest = static_cast<std::int64_t>(first);
    for (std::size_t d = index_.size(); d-- > 0;) {
      index_[d] = rest % tensor.shape[d];
      rest /= tensor.shape[d];
      at_ += index_[d] * strides[d];
    }
  }
  std::int64_t at() const { return at_; }
  void step() {
    for (std::size_t d = index_.size(); d-- > 0;) {
      at_ += strides_[d];
      if (++index_[d] < tensor_.shape[d]) return;
      at_ -= index_[d] * strides_[d];
      index_[d] = 0;
    }
  }

 private:
  const Tensor& tensor_;
  const std::vector<std::int64_t>& strides_;
  std::vector<std::int64_t> index_;
  std::int64_t at_ = 0;
};

void note_worst(CompareStats& stats, double ratio, std::uint64_t index, double got, double want) {
  if (!(ratio > stats.max_allowed_ratio)) return;
  stats.max_allowed_ratio = ratio;
  stats.worst_index = index;
  stats.worst_got = got;
  stats.worst_want = want;
}

void note_bad(CompareStats& stats, std::uint64_t index, double got, double want) {
  if (stats.mismatches++ > 0) return;
  stats.first_bad_index = index;
  stats.first_bad_got = got;
  stats.first_bad_want = want;
}

double ratio_of(double error, double allowed) {
  if (error == 0) return 0;
  return allowed > 0 ? error / allowed : kInfinity;
}

void judge_real(CompareStats& stats, const CompareLimits& limits, std::uint64_t index, double got,
                double want) {
  const double size = std::fabs(want);
  if (got == 0 && size > 0 && size < limits.smallest_normal) ++stats.denormals_flushed;
  if (std::isfinite(want)) stats.want_sum_squares += size * size;
  if (std::isfinite(got) && std::isfinite(want)) {
    const double error = std::fabs(got - want);
    const double allowed = limits.base + limits.rtol * size;
    stats.error_sum_squares += error * error;
    stats.max_abs_error = std::max(stats.max_abs_error, error);
    note_worst(stats, ratio_of(error, allowed), index, got, want);
    if (got != want && !(error <= allowed)) note_bad(stats, index, got, want);
    return;
  }
  if (got == want || (std::isnan(got) && std::isnan(want))) return;
  if (std::isnan(got)) ++stats.nans;
  if (std::isinf(got) && std::isfinite(want)) ++stats.infs;
  stats.max_abs_error = kInfinity;
  note_worst(stats, kInfinity, index, got, want);
  note_bad(stats, index, got, want);
}

// hypot costs 10 ns; it is for squares that over- or underflow.
double modulus(double re, double im) {
  const double square = re * re + im * im;
  if (re == 0 && im == 0) return 0;
  return square > 1e-280 && square < 1e280 ? std::sqrt(square) : std::hypot(re, im);
}

void judge_complex(CompareStats& stats, const CompareLimits& limits, std::uint64_t index,
                   const double* got, const double* want) {
  bool finite = true, special_right = true, got_nan = false, got_inf = false, want_nan = false,
       want_finite = true, flushed = false;
  double difference[2] = {0, 0};
  for (int c = 0; c < 2; ++c) {
    const double size = std::fabs(want[c]);
    flushed |= got[c] == 0 && size > 0 && size < limits.smallest_normal;
    want_finite &= std::isfinite(want[c]);
    want_nan |= std::isnan(want[c]);
    got_nan |= std::isnan(got[c]);
    got_inf |= std::isinf(got[c]);
    if (std::isfinite(got[c]) && std::isfinite(want[c])) {
      difference[c] = std::fabs(got[c] - want[c]);
      continue;
    }
    finite = false;
    special_right &= got[c] == want[c] || (std::isnan(got[c]) && std::isnan(want[c]));
  }
  if (flushed) ++stats.denormals_flushed;
  const double size = modulus(want[0], want[1]);
  if (want_finite) stats.want_sum_squares += want[0] * want[0] + want[1] * want[1];
  const int c = difference[1] > difference[0] || std::isnan(got[1]) ? 1 : 0;
  if (!special_right) {
    if (got_nan && !want_nan) ++stats.nans;
    if (got_inf && want_finite) ++stats.infs;
    stats.max_abs_error = kInfinity;
    note_worst(stats, kInfinity, index, got[c], want[c]);
    note_bad(stats, index, got[c], want[c]);
    return;
  }
  // Infinities and NaNs are right where they are wanted; they have no share in the modulus.
  const double error = modulus(difference[0], difference[1]);
  const double share =
      finite ? size
             : modulus(std::isfinite(want[0]) ? want[0] : 0, std::isfinite(want[1]) ? want[1] : 0);
  const double allowed = limits.base + limits.rtol * share;
  if (finite) stats.error_sum_squares += error * error;
  stats.max_abs_error = std::max(stats.max_abs_error, error);
  note_worst(stats, ratio_of(error, allowed), index, got[c], want[c]);
  if (error > 0 && !(error <= allowed)) note_bad(stats, index, got[c], want[c]);
}

void judge_integer(CompareStats& stats, const Job& job, std::uint64_t index, std::int64_t got,
                   std::int64_t want) {
  const auto g = static_cast<double>(got), w = static_cast<double>(want);
  stats.want_sum_squares += w * w;
  const auto bits_got = static_cast<std::uint64_t>(got),
             bits_want = static_cast<std::uint64_t>(want);
  const bool not_bool = job.dtype == Dtype::boolean && bits_got > 1;
  if (got == want && !not_bool) return;
  const auto error = static_cast<double>(got > want ? bits_got - bits_want : bits_want - bits_got);
  const double allowed = job.exact ? 0 : job.limits.base + job.limits.rtol * std::fabs(w);
  stats.error_sum_squares += error * error;
  stats.max_abs_error = std::max(stats.max_abs_error, error);
  note_worst(stats, not_bool ? kInfinity : ratio_of(error, allowed), index, g, w);
  if (not_bool || !(error <= allowed)) note_bad(stats, index, g, w);
}

// Bytes of n whole units of `from` that are poison; `from` starts at a multiple of 8 bytes of the
// tensor.
template <class Unit>
std::uint64_t count_stale_units(const std::byte* from, std::size_t bytes, std::uint64_t poison) {
  std::uint64_t stale = 0;
  const std::size_t words = bytes / 8;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word;
    std::memcpy(&word, from + 8 * i, 8);
    const std::uint64_t difference = word ^ poison;
    if constexpr (sizeof(Unit) == 4)
      stale += ((difference & 0xffffffffu) == 0) + (difference >> 32 == 0);
    else
      stale += difference == 0;
  }
  stale *= sizeof(Unit);
  const std::size_t rest = bytes % 8;
  if (rest > 0 && std::memcmp(from + 8 * words, &poison, rest) == 0) stale += rest;
  return stale;
}

std::uint64_t count_stale(const Job& job, const std::byte* from, std::size_t bytes) {
  if (job.element_bytes / job.per_element() == 4)
    return count_stale_units<std::uint32_t>(from, bytes, job.poison);
  return count_stale_units<std::uint64_t>(from, bytes, job.poison);
}

// Copies n strided elements together; returns the bytes of elements that are all poison.
std::uint64_t gather(const Job& job, const std::byte* from, std::size_t first, std::size_t n,
                     std::byte* out) {
  std::uint64_t stale = 0;
  std::uint64_t pattern[3] = {job.poison, job.poison, job.poison};
  Walk walk(*job.tensor, *job.strides, first);
  for (std::size_t i = 0; i < n; ++i, walk.step()) {
    const std::size_t offset = static_cast<std::size_t>(walk.at()) * job.element_bytes;
    std::memcpy(out + i * job.element_bytes, from + offset, job.element_bytes);
    const auto* expected = reinterpret_cast<const std::byte*>(pattern) + offset % 8;
    if (std::memcmp(from + offset, expected, job.element_bytes) == 0) stale += job.element_bytes;
  }
  return stale;
}

// Whether n elements equal the one at `first`; ends at the first that does not.
bool all_equal(const std::byte* elements, std::size_t n, std::size_t bytes,
               const std::byte* first) {
  return std::memcmp(elements, first, bytes) == 0 &&
         std::memcmp(elements, elements + bytes, (n - 1) * bytes) == 0;
}

// The largest ratio among the elements of groups that are not suspects.
template <class Got, class Want>
void find_worst(CompareStats& stats, const CompareLimits& limits, std::uint64_t first,
                const Got* got, const Want* want, std::size_t n, std::uint64_t suspects) {
  double ratios[kBlock];
  for (std::size_t i = 0; i < n; ++i) {
    const double w = want[i];
    const double error = std::fabs(got[i] - w);
    const double allowed = limits.base + limits.rtol * std::fabs(w);
    ratios[i] = error / (allowed > 0 ? allowed : 1);  // the error is 0 where none is allowed
  }
  for (std::size_t i = 0; i < n; ++i)
    if ((suspects >> (i / kCompareGroup) & 1) == 0)
      note_worst(stats, ratios[i], first + i, got[i], want[i]);
}

template <class Got, class Want>
void compare_groups(CompareStats& stats, CompareLanes& lanes, const Job& job, std::uint64_t first,
                    const Got* got, const Want* want, std::size_t padded, std::size_t n) {
  std::uint64_t suspects = 0;
  bool above;
  if constexpr (std::is_same_v<Got, double>)
    above = job.kernels->doubles(got, want, padded, job.limits, stats.max_allowed_ratio, lanes,
                                 suspects);
  else if constexpr (std::is_same_v<Want, double>)
    above = job.kernels->float_double(got, want, padded, job.limits, stats.max_allowed_ratio, lanes,
                                      suspects);
  else
    above = job.kernels->floats(got, want, padded, job.limits, stats.max_allowed_ratio, lanes,
                                suspects);
  if (above) find_worst(stats, job.limits, first, got, want, n, suspects);
  for (std::uint64_t left = suspects; left != 0; left &= left - 1) {
    const std::size_t begin = static_cast<std::size_t>(std::countr_zero(left)) * kCompareGroup;
    for (std::size_t i = begin; i < std::min(begin + kCompareGroup, n); ++i)
      judge_real(stats, job.limits, first + i, got[i], want[i]);
  }
}

template <class Got, class Want>
void compare_reals(CompareStats& stats, CompareLanes& lanes, const Job& job, std::uint64_t first,
                   const Got* got, const Want* want, std::size_t n) {
  const std::size_t whole = n / kCompareGroup * kCompareGroup;
  if (whole > 0) compare_groups(stats, lanes, job, first, got, want, whole, whole);
  if (whole == n) return;
  // Zeros on both sides add nothing to any statistic.
  Got last_got[kCompareGroup] = {};
  Want last_want[kCompareGroup] = {};
  std::copy(got + whole, got + n, last_got);
  std::copy(want + whole, want + n, last_want);
  compare_groups(stats, lanes, job, first + whole, last_got, last_want, kCompareGroup, n - whole);
}

// Contiguous elements [first, first + n) of one block.
void compare_block(CompareStats& stats, CompareLanes& lanes, const Job& job, std::uint64_t first,
                   const std::byte* got, const std::byte* want, std::size_t n) {
  if (is_integral(job.dtype)) {
    std::int64_t g[kBlock], w[kBlock];
    decode_integers(job.dtype, got, n, g);
    if (job.want_is_encoded)
      decode_integers(job.dtype, want, n, w);
    else
      std::memcpy(w, want, n * sizeof *w);
    for (std::size_t i = 0; i < n; ++i) judge_integer(stats, job, first + i, g[i], w[i]);
    return;
  }
  if (job.dtype == Dtype::fp32) {
    const auto* g = reinterpret_cast<const float*>(got);
    if (job.want_is_encoded)
      return compare_reals(stats, lanes, job, first, g, reinterpret_cast<const float*>(want), n);
    return compare_reals(stats, lanes, job, first, g, reinterpret_cast<const double*>(want), n);
  }
  if (job.dtype == Dtype::fp64)
    return compare_reals(stats, lanes, job, first, reinterpret_cast<const double*>(got),
                         reinterpret_cast<const double*>(want), n);
  double g[kBlock], staged[kBlock];
  const std::size_t components = n * job.per_element();
  decode_reals(job.dtype, got, components, g);
  const double* w = staged;
  if (job.want_is_encoded)
    decode_reals(job.dtype, want, components, staged);
  else
    w = reinterpret_cast<const double*>(want);
  if (!is_complex(job.dtype)) return compare_reals(stats, lanes, job, first, g, w, n);
  for (std::size_t i = 0; i < n; ++i)
    judge_complex(stats, job.limits, first + i, g + 2 * i, w + 2 * i);
}

CompareStats compare_range(const Job& job, std::size_t begin, std::size_t end) {
  CompareStats stats;
  CompareLanes lanes;
  stats.elements = end - begin;
  alignas(64) std::byte got_staged[kBlock * sizeof(double)];
  alignas(64) std::byte want_staged[kBlock * sizeof(double)];
  const std::size_t block = kBlock / job.per_element();
  const std::size_t want_bytes = job.want_element_bytes();
  for (std::size_t first = begin; first < end; first += block) {
    const std::size_t n = std::min(block, end - first);
    const std::byte* got = job.got + first * job.element_bytes;
    const std::byte* want = job.want + first * want_bytes;
    if (job.strides == nullptr) {
      stats.stale += count_stale(job, got, n * job.element_bytes);
    } else {
      stats.stale += gather(job, job.got, first, n, got_staged);
      got = got_staged;
      if (job.want_is_encoded) {
        gather(job, job.want, first, n, want_staged);
        want = want_staged;
      }
    }
    // Element 0 is at the pointer whatever the strides are.
    if (stats.got_is_constant)
      stats.got_is_constant = all_equal(got, n, job.element_bytes, job.got);
    if (stats.want_is_constant) stats.want_is_constant = all_equal(want, n, want_bytes, job.want);
    compare_block(stats, lanes, job, first, got, want, n);
  }
  for (std::size_t i = 0; i < kCompareGroup; ++i) {
    stats.error_sum_squares += lanes.error_squares[i];
    stats.want_sum_squares += lanes.want_squares[i];
    stats.max_abs_error = std::max(stats.max_abs_error, lanes.max_error[i]);
  }
  return stats;
}

std::size_t task_elements(std::size_t elements) {
  const std::size_t even = (elements + kMostTasks - 1) / kMostTasks;
  return std::max(kTaskElements, (even + kBlock - 1) / kBlock * kBlock);
}

// Calls part(task, begin, end) for pieces that depend on the tensor alone; returns how many.
template <class Part>
std::size_t for_tasks(const Job& job, std::size_t elements, const Part& part) {
  if (elements * job.element_bytes < kParallelBytes) return part(0, 0, elements), 1;
  const std::size_t grain = task_elements(elements);
  parallel_for(elements, grain,
               [&](std::size_t begin, std::size_t end) { part(begin / grain, begin, end); });
  return (elements + grain - 1) / grain;
}

double rms_of_want(const Job& job, std::size_t elements) {
  struct Sum {
    double squares = 0;
    std::uint64_t count = 0;
  };
  std::array<Sum, kMostTasks> sums;
  const std::size_t per_element = job.per_element();
  const std::size_t block = kBlock / per_element;
  const std::size_t tasks =
      for_tasks(job, elements, [&](std::size_t task, std::size_t begin, std::size_t end) {
        Sum sum;
        alignas(64) std::byte staged[kBlock * sizeof(double)];
        for (std::size_t first = begin; first < end; first += block) {
          const std::size_t n = std::min(block, end - first);
          const std::byte* want = job.want + first * job.want_element_bytes();
          if (job.want_is_encoded && job.strides != nullptr) {
            gather(job, job.want, first, n, staged);
            want = staged;
          }
          double values[kBlock];
          if (is_integral(job.dtype)) {
            std::int64_t integers[kBlock];
            if (job.want_is_encoded)
              decode_integers(job.dtype, want, n, integers);
            else
              std::memcpy(integers, want, n * sizeof *integers);
            for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<double>(integers[i]);
          } else {
            decode_reals(job.want_is_encoded ? job.dtype : Dtype::fp64, want, n * per_element,
                         values);
          }
          for (std::size_t i = 0; i < n; ++i) {
            const double re = values[i * per_element];
            const double im = per_element == 2 ? values[2 * i + 1] : 0;
            if (!std::isfinite(re) || !std::isfinite(im)) continue;
            sum.squares += re * re + im * im;
            ++sum.count;
          }
        }
        sums[task] = sum;
      });
  Sum total;
  for (std::size_t i = 0; i < tasks; ++i) {
    total.squares += sums[i].squares;
    total.count += sums[i].count;
  }
  return total.count == 0 ? 0 : std::sqrt(total.squares / static_cast<double>(total.count));
}

CompareStats run(Job& job, const Tensor& tensor, const Tolerance& tolerance) {
  const auto elements = static_cast<std::size_t>(tensor.elements());
  if (elements == 0) return {};
  std::vector<std::int64_t> strides;
  if (!tensor.contiguous()) {
    strides = tensor.effective_strides();
    job.strides = &strides;
  }
  const double rms = tolerance.rms == 0 ? 0 : tolerance.rms * rms_of_want(job, elements);
  job.exact = tolerance.rtol == 0 && tolerance.atol == 0 && tolerance.rms == 0;
  // An infinite bound would let an infinite error pass in the kernels.
  job.limits.base = std::min(tolerance.atol + rms, kLargest);
  job.limits.rtol = tolerance.rtol;
  job.limits.smallest_normal = smallest_normal(job.dtype);
  job.kernels = &compare_kernels(active_isa());

  CompareStats total;
  if (elements * job.element_bytes < kParallelBytes) {
    total = compare_range(job, 0, elements);
  } else {
    std::array<CompareStats, kMostTasks> parts;
    const std::size_t tasks =
        for_tasks(job, elements, [&](std::size_t task, std::size_t begin, std::size_t end) {
          parts[task] = compare_range(job, begin, end);
        });
    for (std::size_t i = 0; i < tasks; ++i) merge(total, parts[i]);
  }
  total.constant = load_real(job.dtype, job.got);
  total.want_constant = job.want_is_encoded      ? load_real(job.dtype, job.want)
                        : is_integral(job.dtype) ? load_real(Dtype::int64, job.want)
                                                 : load_real(Dtype::fp64, job.want);
  return total;
}

Job make_job(const Tensor& tensor, const void* got, const void* want, bool want_is_encoded,
             std::uint64_t poison_word) {
  Job job{};
  job.tensor = &tensor;
  job.dtype = tensor.dtype;
  job.element_bytes = dtype_bytes(tensor.dtype);
  job.got = static_cast<const std::byte*>(got);
  job.want = static_cast<const std::byte*>(want);
  job.want_is_encoded = want_is_encoded;
  job.poison = poison_word;
  return job;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

void merge(CompareStats& into, const CompareStats& from) {
  if (from.elements == 0) return;
  if (into.elements == 0) {
    into = from;
    return;
  }
  into.got_is_constant &= from.got_is_constant && same_bits(into.constant, from.constant);
  into.want_is_constant &=
      from.want_is_constant && same_bits(into.want_constant, from.want_constant);
  if (into.mismatches == 0) {
    into.first_bad_index = from.first_bad_index;
    into.first_bad_got = from.first_bad_got;
    into.first_bad_want = from.first_bad_want;
  }
  note_worst(into, from.max_allowed_ratio, from.worst_index, from.worst_got, from.worst_want);
  into.elements += from.elements;
  into.mismatches += from.mismatches;
  into.nans += from.nans;
  into.infs += from.infs;
  into.denormals_flushed += from.denormals_flushed;
  into.stale += from.stale;
  into.max_abs_error = std::max(into.max_abs_error, from.max_abs_error);
  into.error_sum_squares += from.error_sum_squares;
  into.want_sum_squares += from.want_sum_squares;
}

CompareStats compare(const Tensor& tensor, const Tolerance& tolerance, const void* got,
                     const ExpectedTensor& want, std::uint64_t poison_word) {
  const void* const data =
      is_integral(tensor.dtype) ? static_cast<const void*>(want.integer.data()) : want.real.data();
  Job job = make_job(tensor, got, data, false, poison_word);
  return run(job, tensor, tolerance);
}

CompareStats compare_same(const Tensor& tensor, const Tolerance& tolerance, const void* got,
                          const void* want, std::uint64_t poison_word) {
  Job job = make_job(tensor, got, want, true, poison_word);
  return run(job, tensor, tolerance);
}

}  // namespace aisp
