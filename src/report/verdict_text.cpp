#include "report/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/printable.h"
#include "report/quantity.h"

namespace aisp {

namespace {

bool contends(const ImplementationResult& r) {
  return r.part == Part::optimized || r.part == Part::candidate;
}

std::string name_in(const ImplementationResult& r) { return printable_line(r.implementation); }

// The fastest of those that are proven; nullptr when there is none.
const ImplementationResult* best_accepted(const TargetResult& target) {
  const ImplementationResult* best = nullptr;
  for (const ImplementationResult& r : target.implementations) {
    if (!contends(r) || !accepted(r) || !r.speedup || !r.comparison) continue;
    if (best == nullptr || r.speedup->estimate > best->speedup->estimate) best = &r;
  }
  return best;
}

// "candidate:my.cpp is correct and honest"; of those that contend.
std::string right_and_honest(const TargetResult& target) {
  std::string names;
  int count = 0;
  for (const ImplementationResult& r : target.implementations) {
    if (!contends(r) || !accepted(r)) continue;
    names += (names.empty() ? "" : ", ") + name_in(r);
    ++count;
  }
  return fmt::format("{} {} correct and honest", names, count == 1 ? "is" : "are");
}

// With a billion times as an end, which noise leaves open, digits say nothing.
std::string bound_text(double x) {
  return x < 1e5 ? fmt::format("{:.3f}", x) : fmt::format("{:.0e}", x);
}

std::string comparison_clause(const ImplementationResult& r) {
  const stats::Interval& x = *r.speedup;
  switch (*r.comparison) {
    case stats::Comparison::faster:
      return fmt::format("{} ran {:.3f} times faster than the baseline (95 % interval {} to {})",
                         name_in(r), x.estimate, bound_text(x.low), bound_text(x.high));
    case stats::Comparison::slower:
      return fmt::format("{} ran {:.3f} times slower than the baseline (95 % interval {} to {})",
                         name_in(r), 1 / x.estimate, bound_text(1 / x.high), bound_text(1 / x.low));
    case stats::Comparison::same:
      return fmt::format(
          "{} ran as fast as the baseline (speedup {:.3f}, 95 % interval {:.3f} to {:.3f})",
          name_in(r), x.estimate, x.low, x.high);
    case stats::Comparison::not_enough_evidence: break;
  }
  return fmt::format(
      "there is not enough evidence that {} is faster or slower than the baseline (speedup {:.3f}, "
      "95 % interval {} to {})",
      name_in(r), x.estimate, bound_text(x.low), bound_text(x.high));
}

std::string list_of(const std::vector<const ImplementationResult*>& results) {
  std::string text;
  for (const ImplementationResult* r : results) {
    if (!text.empty()) text += ", ";
    text += name_in(*r) + " (" + verdict_word(*r) + ")";
  }
  return text;
}

}  // namespace

bool accepted(const ImplementationResult& r) { return r.correct == true && r.honest == true; }

bool refused(const ImplementationResult& r) { return r.correct == false || r.honest == false; }

std::string verdict_word(const ImplementationResult& r) {
  if (r.correct == false && r.honest == false) return "incorrect, dishonest";
  if (r.correct == false) return "incorrect";
  if (r.honest == false) return "dishonest";
  if (!accepted(r)) return "not proven";
  if (r.part == Part::baseline) return "baseline";
  if (!r.comparison) return "not compared";
  return std::string(stats::to_string(*r.comparison));
}

std::vector<const Finding*> notable_findings(const ImplementationResult& r) {
  std::vector<const Finding*> notable;
  for (const Finding& f : r.findings)
    if (f.required ? f.status != FindingStatus::pass
                   : f.status == FindingStatus::fail && f.kind != FindingKind::environment)
      notable.push_back(&f);
  return notable;
}

std::string unusual_mode(const std::vector<TargetResult>& results) {
  for (const TargetResult& target : results)
    if (!target.mode.empty() && target.mode != "cold")
      return "timed " + printable_line(target.mode);
  return {};
}

std::string partial_isolation(const std::vector<TargetResult>& results) {
  for (const TargetResult& target : results)
    if (!target.isolation.empty() && target.isolation != "full")
      return "isolation: " + target.isolation;
  return {};
}

std::string target_sentence(const TargetResult& target) {
  const std::string name = printable_line(target.target);
  if (!target.error.empty())
    return fmt::format("{} could not be run: {}.", name, printable_line(target.error));
  std::vector<const ImplementationResult*> out;
  std::size_t contenders = 0;
  for (const ImplementationResult& r : target.implementations) {
    if (r.part == Part::baseline && !accepted(r))
      return fmt::format("{}: nothing can be compared, the baseline is {}.", name,
                         verdict_word(r) == "not proven" ? "not proven to be correct and honest"
                                                         : verdict_word(r));
    if (!contends(r)) continue;
    ++contenders;
    if (!accepted(r)) out.push_back(&r);
  }
  if (contenders == 0) return fmt::format("{}: there was only a baseline to time.", name);
  const ImplementationResult* best = best_accepted(target);
  std::string text = name + ": ";
  if (best != nullptr)
    text += comparison_clause(*best);
  else if (out.size() == contenders)
    text += "no implementation was accepted";
  else
    text += right_and_honest(target) + "; nothing was compared with the baseline";
  if (!out.empty()) text += fmt::format("; not accepted: {}", list_of(out));
  return text + ".";
}

std::vector<std::string> chapter_lines(const std::vector<TargetResult>& results) {
  struct Chapter {
    std::size_t targets = 0, compared = 0;
    double estimate = 0, low = 0, high = 0;  // sums of logarithms
  };
  std::map<std::string, Chapter> chapters;
  for (const TargetResult& target : results) {
    Chapter& chapter = chapters[target.target.substr(0, target.target.find(':'))];
    ++chapter.targets;
    const ImplementationResult* best = target.error.empty() ? best_accepted(target) : nullptr;
    if (best == nullptr || !best->speedup || !(best->speedup->low > 0)) continue;
    ++chapter.compared;
    chapter.estimate += std::log(best->speedup->estimate);
    chapter.low += std::log(best->speedup->low);
    chapter.high += std::log(best->speedup->high);
  }
  std::vector<std::string> lines;
  if (chapters.size() < 2) return lines;
  for (const auto& [name, c] : chapters) {
    std::string line = fmt::format("{}: {}", printable_line(name), plural(c.targets, "target"));
    if (c.compared > 0) {
      const auto mean = [&](double sum) { return std::exp(sum / static_cast<double>(c.compared)); };
      line +=
          fmt::format(", the best {:.3g} times as fast in the geometric mean [{:.3g} to {:.3g}]",
                      mean(c.estimate), mean(c.low), mean(c.high));
      if (c.compared < c.targets)
        line += fmt::format(" of the {} that could be compared", c.compared);
    } else {
      line += ", none that could be compared";
    }
    lines.push_back(line);
  }
  return lines;
}

std::string closing_sentence(const std::vector<TargetResult>& results) {
  if (results.empty()) return "Nothing was run.";
  if (results.size() == 1) return target_sentence(results.front());
  std::size_t errors = 0, refusals = 0, unproven = 0, none = 0;
  std::size_t by_comparison[4] = {};
  for (const TargetResult& target : results) {
    if (!target.error.empty()) {
      ++errors;
      continue;
    }
    for (const ImplementationResult& r : target.implementations) {
      refusals += refused(r) ? 1 : 0;
      unproven += !refused(r) && !accepted(r) ? 1 : 0;
    }
    if (const ImplementationResult* best = best_accepted(target))
      ++by_comparison[static_cast<std::size_t>(*best->comparison)];
    else if (std::any_of(target.implementations.begin(), target.implementations.end(),
                         [](const auto& r) { return contends(r) && accepted(r); }))
      ++by_comparison[static_cast<std::size_t>(stats::Comparison::not_enough_evidence)];
    else
      ++none;
  }
  std::string text = plural(results.size(), "target") + ":";
  auto add = [&, first = true](std::size_t count, const std::string& words) mutable {
    if (count == 0) return;
    text += (first ? " " : ", ") + fmt::format("{} {}", count, words);
    first = false;
  };
  add(by_comparison[0], "faster than the baseline");
  add(by_comparison[1], "slower");
  add(by_comparison[2], "the same");
  add(by_comparison[3], "without enough evidence");
  add(none, "without an accepted implementation to compare");
  add(errors, "that could not be run");
  if (refusals > 0) text += "; " + plural(refusals, "implementation") + " refused";
  if (unproven > 0) text += "; " + plural(unproven, "implementation") + " not proven";
  return text + ".";
}

}  // namespace aisp
