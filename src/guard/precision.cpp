// precision
//   sees       the root mean square of the error against the reference, of the candidate and of the
//              baseline, per output
//   threshold  the largest of three, all in units of RMS(want); u = eps / 2 of the output's dtype:
//                8 eps                       another polynomial, another rounding of the last step
//                                            (2 eps for dtypes of 10 mantissa bits or fewer)
//                u sqrt(K)                   another order of summation; K = FLOPs / 2 per element of
//                                            output, at least fp32 sums (random walk: 0.3 u sqrt(K))
//                64 x the baseline's error   ill-conditioned problems, where both lose digits; but
//                                            above 8 x it no more than u / 4 of the next lower dtype
//   source     rounding one factor of each product to a dtype of unit roundoff u costs 0.42 u of RMS
//              (uniform in the mantissa), both factors 0.6 u. So fp16 or tf32 (u = 2^-11) inside fp32
//              show as 2.1e-4 or 2.9e-4 and bf16 as 1.7e-3 or more, against a limit of 9.5e-7 for a
//              good baseline and of 1.2e-4 for one that is 2e-6 off. A serial sum of 65,536 fp32
//              terms is off by 4e-6, a pairwise one by 1e-7
//   blind to   lower precision in so few terms that the RMS does not move; a baseline that is itself
//              off by a 1/8 of the lower dtype; bf16 inside an fp16 contract only just; problems
//              whose tolerance is over 100 x the dtype's default with a written reason, which is how
//              a problem says that the change of precision is its lesson
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

constexpr double kBaselineFactor = 64;
constexpr double kBaselineFactorSure = 8;
constexpr double kLessonFactor = 100;

// Mantissa bits of the next dtype below that hardware computes faster in.
int lower_mantissa_bits(int mantissa_bits) {
  if (mantissa_bits > 23) return 23;
  if (mantissa_bits > 10) return 10;
  if (mantissa_bits > 7) return 7;
  if (mantissa_bits > 3) return 3;
  return 2;
}

struct Limit {
  double rms;
  std::string why;
};

// Everything relative to RMS(want). `baseline` < 0 when it is not known.
Limit limit_of(int mantissa_bits, double terms, double baseline) {
  const double eps = std::ldexp(1.0, -mantissa_bits);
  Limit limit{eps * (mantissa_bits > 10 ? 8 : 2),
              mantissa_bits > 10 ? "8 roundings of the dtype" : "2 roundings of the dtype"};
  const double sum_roundoff = std::ldexp(0.5, -std::max(mantissa_bits, 23));
  const double order = sum_roundoff * std::sqrt(std::max(terms, 0.0));
  if (order > limit.rms)
    limit = {order, fmt::format("another order of summing {:.3g} terms", terms)};
  if (baseline < 0) return limit;
  const double lower = std::ldexp(0.125, -lower_mantissa_bits(mantissa_bits));
  const double own =
      std::max(std::min(kBaselineFactor * baseline, lower), kBaselineFactorSure * baseline);
  if (own > limit.rms)
    limit = {own, fmt::format("{:.3g} x the baseline's own {:.2g}", own / baseline, baseline)};
  return limit;
}

std::optional<Dtype> inexact_dtype(const OutputError& output) {
  const auto dtype = dtype_from_name(output.dtype);
  if (!dtype || is_integral(*dtype)) return std::nullopt;
  return dtype;
}

// Length of the sums behind an element of output, if the work is all multiply and add.
double terms_per_element(const Observation& o) {
  double elements = 0, calls = 0;
  for (const OutputError& output : o.outputs)
    elements += static_cast<double>(output.against_reference.elements);
  for (const Window& w : o.windows) calls += w.calls_by_reference;
  return elements > 0 && calls > 0 ? o.flops / 2 / (elements / calls) : 0;
}

}  // namespace

Finding precision(const Observation& o) {
  Finding f{"precision", FindingStatus::not_run, FindingKind::correctness, {}, true};
  if (o.outputs.empty()) {
    f.message = "no output was compared";
    return f;
  }
  if (o.is_baseline) {
    f.status = FindingStatus::pass;
    f.message = "not applicable: others are measured against the baseline's error";
    return f;
  }
  const double terms = terms_per_element(o);
  double closest = -1;
  std::string said, lesson, unknown;
  for (const OutputError& output : o.outputs) {
    const CompareStats& s = output.against_reference;
    if (!dtype_from_name(output.dtype)) {
      unknown = fmt::format("output '{}' has a dtype without a name", output.name);
      continue;
    }
    const auto dtype = inexact_dtype(output);
    if (!dtype) continue;
    if (!output.why.empty() && output.tolerance_factor > kLessonFactor) {
      lesson = fmt::format(
          "the problem declares another precision for '{}' (tolerance {:.3g} x the "
          "default of {}: {})",
          output.name, output.tolerance_factor, output.dtype, output.why);
      continue;
    }
    if (s.elements == 0) {
      unknown = fmt::format("output '{}' was never compared with the reference", output.name);
      continue;
    }
    const double count = static_cast<double>(s.elements);
    const double error = std::sqrt(s.error_sum_squares / count);
    const double want = std::sqrt(s.want_sum_squares / count);
    if (!std::isfinite(error) || !std::isfinite(want)) {
      unknown = fmt::format("the error of output '{}' is no finite number", output.name);
      continue;
    }
    const bool known = output.baseline_error_rms >= 0;
    const bool vanishes = want == 0;
    const double unit = vanishes ? 1 : want;
    // Where nothing but zero is wanted there is no scale, and the tolerance alone decides.
    if (vanishes && error == 0) continue;
    const Limit limit = limit_of(dtype_info(*dtype).mantissa_bits, terms,
                                 known ? output.baseline_error_rms / unit : -1);
    const double relative = error / unit;
    const std::string text =
        fmt::format("output '{}' is off by {:.2g} of its RMS, {:.2g} are allowed ({})", output.name,
                    relative, limit.rms, limit.why);
    if (relative > limit.rms) {
      if (!known || vanishes) {
        unknown = text + (vanishes ? "; only zeros are wanted, which gives no scale"
                                   : "; the baseline's own error is not known");
        continue;
      }
      f.status = FindingStatus::fail;
      f.message = text + fmt::format(": this is less than {} precision", output.dtype);
      return f;
    }
    if (relative / limit.rms > closest) {
      closest = relative / limit.rms;
      said = text;
    }
  }
  if (!unknown.empty()) {
    f.message = unknown;
    return f;
  }
  f.status = FindingStatus::pass;
  f.message = !said.empty()     ? said
              : !lesson.empty() ? lesson
                                : "the outputs are exact or zero: there is no precision to lose";
  if (!said.empty() && !lesson.empty()) f.message += "; " + lesson;
  return f;
}

}  // namespace aisp::guard
