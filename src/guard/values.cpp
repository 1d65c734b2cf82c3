// values
//   sees       every element of every verified call, against the reference's answer and, where the
//              reference did not run, against the baseline's output on the same inputs
//   threshold  the problem's tolerance; one mismatch is enough
//   source     the problem; defaults per dtype in aisp::Tolerance::for_dtype, looser ones with a
//              written reason
//   blind to   whatever a loose tolerance lets through (`precision` looks at that), and calls that
//              were not verified (`coverage`)
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

// Below this share of elements the fault is an edge or a race, above its complement it is all wrong.
constexpr double kFew = 0.01;

std::int64_t number(std::uint64_t n) { return static_cast<std::int64_t>(n); }

std::string classify(const OutputError& output, const CompareStats& s) {
  std::string odd;
  if (s.nans > 0) odd += fmt::format("{} NaN", grouped(number(s.nans)));
  if (s.infs > 0)
    odd += fmt::format("{}{} infinite", odd.empty() ? "" : " and ", grouped(number(s.infs)));
  if (!odd.empty()) return odd + (s.nans + s.infs >= s.mismatches ? ", and nothing else" : "");

  const auto dtype = dtype_from_name(output.dtype);
  const std::uint64_t width = dtype ? dtype_bytes(*dtype) : 1;
  if (s.stale >= width)
    return fmt::format("about {} were never written", grouped(number(s.stale / width)));
  if (s.got_is_constant && !s.want_is_constant)
    return fmt::format("every element is {:.9g}", s.constant);
  const double share = static_cast<double>(s.mismatches) / static_cast<double>(s.elements);
  if (share >= 1 - kFew) return "nearly everything is wrong";
  if (share <= kFew) return "few elements, the others are right";
  return fmt::format("{} of all", percent(share));
}

std::string describe(const OutputError& output, const CompareStats& s, std::string_view judged_by) {
  std::string text =
      fmt::format("output '{}' against {}: {} of {} elements differ", output.name, judged_by,
                  grouped(number(s.mismatches)), grouped(number(s.elements)));
  if (s.max_abs_error > 0) text += fmt::format(" by up to {:.2g}", s.max_abs_error);
  if (!output.tolerance.empty()) text += fmt::format(" (allowed: {})", output.tolerance);
  return text + fmt::format("; first at index {}: got {:.9g}, want {:.9g}; {}",
                            grouped(number(s.first_bad_index)), s.first_bad_got, s.first_bad_want,
                            classify(output, s));
}

}  // namespace

Finding values(const Observation& o) {
  Finding f{"values", FindingStatus::not_run, FindingKind::correctness, {}, true};
  std::uint64_t elements = 0, flushed = 0;
  double worst = 0;
  std::string unjudged, constant;
  int bad_outputs = 0;
  for (const OutputError& output : o.outputs) {
    const CompareStats& reference = output.against_reference;
    const CompareStats& baseline = output.against_baseline;
    if (reference.mismatches > 0 || baseline.mismatches > 0) {
      if (bad_outputs++ > 0) continue;
      f.message = reference.mismatches > 0 ? describe(output, reference, "the reference")
                                           : describe(output, baseline, "the baseline's output");
    }
    if (reference.elements == 0) unjudged = output.name;
    if (reference.elements > 1 && reference.want_is_constant) constant = output.name;
    elements += reference.elements + baseline.elements;
    flushed += reference.denormals_flushed + baseline.denormals_flushed;
    worst = std::max({worst, reference.max_allowed_ratio, baseline.max_allowed_ratio});
  }

  if (bad_outputs > 0) {
    f.status = FindingStatus::fail;
    if (bad_outputs > 1) f.message += fmt::format(" ({} outputs are wrong)", bad_outputs);
  } else if (o.outputs.empty()) {
    f.message = "no output was compared";
  } else if (!unjudged.empty()) {
    f.message = fmt::format("output '{}' was never compared with the reference", unjudged);
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("all {} elements agree, the worst uses {:.0f} % of what is allowed",
                            grouped(number(elements)), worst * 100);
    if (flushed > 0)
      f.message += fmt::format("; {} denormals were flushed to zero", grouped(number(flushed)));
    if (!constant.empty())
      f.message += fmt::format("; what is right for '{}' is one number throughout", constant);
  }
  return f;
}

}  // namespace aisp::guard
