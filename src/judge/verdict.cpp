#include "judge/verdict.h"

#include <fmt/format.h>

namespace aisp {
namespace {

// What the findings of some kinds say together: true, false or not proven.
std::optional<bool> held(const ImplementationResult& result, auto&& concerns) {
  bool proven = true;
  bool any = false;
  for (const Finding& f : result.findings) {
    if (!f.required || !concerns(f.kind)) continue;
    any = true;
    if (f.status == FindingStatus::fail) return false;
    if (f.status == FindingStatus::not_run) proven = false;
  }
  if (!any || !proven) return std::nullopt;
  return true;
}

const Finding* first(const ImplementationResult& result, FindingStatus status) {
  for (const Finding& f : result.findings)
    if (f.required && f.status == status) return &f;
  return nullptr;
}

const Finding* first_failed(const ImplementationResult& result, bool honesty) {
  for (const Finding& f : result.findings)
    if (f.required && f.status == FindingStatus::fail &&
        (f.kind == FindingKind::honesty) == honesty)
      return &f;
  return nullptr;
}

// Each verdict with the finding that it rests on.
std::string failure_sentence(const ImplementationResult& r) {
  const Finding* lie = first_failed(r, true);
  const Finding* error = first_failed(r, false);
  if (lie != nullptr && error != nullptr)
    return fmt::format("{} is {} and dishonest: {}; {}", r.implementation,
                       r.correct == false ? "incorrect" : "refused", error->message, lie->message);
  if (lie != nullptr) return fmt::format("{} is dishonest: {}", r.implementation, lie->message);
  return fmt::format("{} is {}: {}", r.implementation, r.correct == false ? "incorrect" : "refused",
                     error->message);
}

std::string comparison_sentence(const ImplementationResult& r) {
  if (r.comparison && !r.speedup && !r.undecided.empty())
    return "is correct and honest, but there is not enough evidence for a comparison: " +
           r.undecided;
  if (r.comparison && !r.speedup)
    return fmt::format(
        "is correct and honest, but {} round{} too few for an interval: not enough evidence; raise "
        "--time-limit (or --rounds, if it was given)",
        r.rounds, r.rounds == 1 ? " is" : "s are");
  if (!r.comparison || !r.speedup) return "is correct and honest; its speed was not compared";
  const stats::Interval& s = *r.speedup;
  switch (*r.comparison) {
    case stats::Comparison::faster:
      return fmt::format(
          "is {:.3g} times faster than the baseline (95 % interval {:.4g} to {:.4g})", s.estimate,
          s.low, s.high);
    case stats::Comparison::slower:
      return fmt::format(
          "is {:.3g} times slower than the baseline (95 % interval {:.4g} to {:.4g})",
          1 / s.estimate, 1 / s.high, 1 / s.low);
    case stats::Comparison::same:
      return fmt::format(
          "is as fast as the baseline (speedup {:.4g}, 95 % interval {:.4g} to {:.4g})", s.estimate,
          s.low, s.high);
    case stats::Comparison::not_enough_evidence:
      return fmt::format(
          "may be faster or slower: not enough evidence (speedup {:.4g}, 95 % interval {:.4g} to "
          "{:.4g}{}{})",
          s.estimate, s.low, s.high, r.undecided.empty() ? "" : "; ", r.undecided);
  }
  return {};
}

}  // namespace

void decide(ImplementationResult& r, const std::string& cut_short) {
  r.correct = held(r, [](FindingKind k) {
    return k == FindingKind::correctness || k == FindingKind::robustness;
  });
  r.honest = held(r, [](FindingKind k) { return k == FindingKind::honesty; });

  const Finding* failed = first(r, FindingStatus::fail);
  const Finding* missing = first(r, FindingStatus::not_run);
  if (failed != nullptr) {
    r.sentence = failure_sentence(r);
  } else if (missing != nullptr) {
    r.sentence = fmt::format("{} is not proven: {}", r.implementation,
                             cut_short.empty() ? missing->message : cut_short);
  } else if (r.part == Part::baseline) {
    r.sentence = fmt::format("{} is correct and honest", r.implementation);
  } else {
    r.sentence = fmt::format("{} {}", r.implementation, comparison_sentence(r));
  }
  // A number of something that is wrong, dishonest, refused or not proven is no speedup.
  if (r.correct != true || r.honest != true || failed != nullptr || missing != nullptr) {
    if (r.comparison && *r.comparison != stats::Comparison::slower)
      r.comparison = stats::Comparison::not_enough_evidence;
  }
}

}  // namespace aisp
