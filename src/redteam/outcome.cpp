#include "redteam/outcome.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "judge/times.h"
#include "report/verdict_text.h"

namespace aisp::redteam {
namespace {

// The sealed time of a call, less what the null implementation takes for such a window.
double per_call_ns(const Window& w, const Calibration& cost) {
  const double empty = cost.sealed_ns + (w.calls - 1) * cost.per_call_ns;
  return std::max((static_cast<double>(w.sealed_ns) - empty) / w.calls, least_per_call(w, cost));
}

bool died(const ImplementationResult& r) { return r.observation.end != WorkerEnd::alive; }

bool blocks(const Finding& f) { return f.required && f.status != FindingStatus::pass; }

// "values, precision": those that reject it; where none does, those that leave it open.
std::string rejecting_guards(const ImplementationResult& r) {
  std::string names;
  for (const FindingStatus status : {FindingStatus::fail, FindingStatus::not_run}) {
    for (const Finding& f : r.findings)
      if (f.required && f.status == status) names += (names.empty() ? "" : ", ") + f.guard;
    if (!names.empty()) break;
  }
  return names;
}

bool any_of(const std::vector<std::string>& wanted, const ImplementationResult& r) {
  return std::any_of(r.findings.begin(), r.findings.end(), [&](const Finding& f) {
    return blocks(f) && std::find(wanted.begin(), wanted.end(), f.guard) != wanted.end();
  });
}

// What the judge grants to an attack next to honest code. It took something back where `alone` says so, and where
// what it reports is no more than honest code reaches, whatever the times of its windows are.
std::optional<Grant> grant_of(const ImplementationResult& attack,
                              const ImplementationResult& control) {
  if (!attack.speedup || !control.speedup || control.speedup->estimate <= 0) return std::nullopt;
  const Grant grant{.share = attack.speedup->low / control.speedup->estimate,
                    .verdict = attack.comparison == stats::Comparison::faster,
                    .estimate = attack.speedup->estimate / control.speedup->estimate};
  // The estimate is then half noise: 1.88 [0.45 3.07], measured, for calls that overlapped, as honest code in the
  // same noise has 2.5 [0.5 2.6].
  if (!grant.verdict && attack.speedup->low < 1) return grant;
  const bool seen = std::any_of(
      attack.findings.begin(), attack.findings.end(),
      [](const Finding& f) { return f.guard == "alone" && f.status == FindingStatus::fail; });
  // An estimate without a verdict is worth less, and still has to be near.
  const double near = grant.verdict ? kGained : kGainedNothing;
  if (seen || attack.speedup->estimate <= near * control.speedup->estimate) return grant;
  return std::nullopt;
}

// What is surely reported of it, next to what honest code reaches at most; 0 = not to be told, or nothing.
double reported_gain(const ImplementationResult& attack, const ImplementationResult& control) {
  if (!attack.speedup || !control.speedup || attack.speedup->low <= 1 || control.speedup->high <= 0)
    return 0;
  return attack.speedup->low / control.speedup->high;
}

// Times per call in the timed rounds that both have.
struct Shared {
  std::vector<double> honest_ns, attack_ns;
};

Shared shared_rounds(const ImplementationResult& attack, const ImplementationResult& honest) {
  std::map<int, const Window*> rounds;
  for (const Window& w : honest.observation.windows)
    if (w.kind == WindowKind::timed && w.calls > 0) rounds[w.round] = &w;
  Shared shared;
  for (const Window& w : attack.observation.windows) {
    if (w.kind != WindowKind::timed || w.calls <= 0) continue;
    const auto at = rounds.find(w.round);
    if (at == rounds.end() || at->second->calls != w.calls) continue;
    shared.honest_ns.push_back(per_call_ns(*at->second, honest.observation.calibration));
    shared.attack_ns.push_back(per_call_ns(w, attack.observation.calibration));
  }
  return shared;
}

// Where rounds are too few for an interval: its best round is worse than the worst one of honest code.
std::optional<std::string> slower_throughout(const ImplementationResult& attack,
                                             const ImplementationResult& honest) {
  const Shared both = shared_rounds(attack, honest);
  if (both.attack_ns.size() < 5) return std::nullopt;
  const double best = *std::min_element(both.attack_ns.begin(), both.attack_ns.end());
  const double worst = *std::max_element(both.honest_ns.begin(), both.honest_ns.end());
  if (best < worst) return std::nullopt;
  return fmt::format(
      "in each of {} rounds it took longer ({:.3g} µs a call at best) than honest code ever did "
      "({:.3g} µs)",
      both.attack_ns.size(), best / 1e3, worst / 1e3);
}

Judged nothing_shown(std::string why) { return {Outcome::not_run, std::move(why)}; }

}  // namespace

std::optional<stats::Interval> gain_over(const ImplementationResult& attack,
                                         const ImplementationResult& honest) {
  const Shared both = shared_rounds(attack, honest);
  return stats::speedup_interval(both.honest_ns, both.attack_ns, kGainConfidence);
}

stats::Interval over_both(const stats::Interval& gain,
                          const std::optional<stats::Interval>& other) {
  if (!other) return gain;
  const stats::Interval& less = other->estimate < gain.estimate ? *other : gain;
  return {less.estimate, std::min(gain.low, other->low), less.high};
}

std::string said(const ImplementationResult& result, const char* word) {
  const std::string& text = result.observation.last_output;
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return {};
  return text.substr(at, std::min<std::size_t>(200, text.find('\n', at) - at));
}

Judged judge_accepted(Expected expected, const std::optional<stats::Interval>& gain,
                      const std::optional<Grant>& grant) {
  if (expected == Expected::rejected)
    return {Outcome::missed, "accepted, and it has to be rejected"};
  if (!gain && grant && grant->verdict && grant->share <= 1 && grant->estimate <= 1)
    return {Outcome::harmless,
            fmt::format(
                "accepted, with too few rounds to tell what its windows gained; the low end of its "
                "speedup is {:.3g} of what honest code reaches",
                grant->share)};
  if (!gain) return nothing_shown("accepted, and there are too few rounds to tell what it gained");
  const std::string of =
      fmt::format("{:.3g} times as fast as honest code (99.8 % interval {:.3g} to {:.3g})",
                  gain->estimate, gain->low, gain->high);
  if (gain->high < kGainedNothing && gain->low <= kGained)
    return {Outcome::harmless, "accepted, and it gained nothing: " + of};
  if (grant && grant->share <= kGained)
    return {
        Outcome::harmless,
        grant->verdict
            ? fmt::format(
                  "accepted, and faster in a row: {}; the judge took it back: the low end of its "
                  "speedup is {:.3g} of what honest code reaches",
                  of, grant->share)
            : fmt::format("accepted, and granted nothing: there is no verdict that it is faster, "
                          "and the low end of "
                          "its speedup is {:.3g} of what honest code reaches; its windows: {}",
                          grant->share, of)};
  if (gain->low > kGained) return {Outcome::missed, "accepted, and it gained: " + of};
  return nothing_shown(fmt::format("accepted, and a gain of {:.0f} % cannot be ruled out: {}",
                                   100 * (kGainedNothing - 1), of));
}

Judged judge_attack(const Manifest& manifest, const ImplementationResult& attack,
                    const ImplementationResult& control, const std::optional<stats::Interval>& gain,
                    const ImplementationResult* twin) {
  if (const std::string line = said(attack, kSucceeded); !line.empty())
    return {Outcome::missed, "it said: " + line};
  if (const std::string line = said(attack, kNotTried); !line.empty())
    return nothing_shown("it said: " + line);
  const std::vector<std::string>& wanted = manifest.caught_by;
  const bool may_die = std::find(wanted.begin(), wanted.end(), "worker") != wanted.end();
  if (died(attack) && !may_die)
    return nothing_shown("its worker ended, which shows nothing of it: " +
                         attack.observation.end_detail);
  if (accepted(attack)) {
    if (manifest.expected == Expected::policy)
      return {Outcome::harmless, "accepted: right and honest, and what it gains is its own"};
    if (manifest.expected == Expected::rejected && !said(attack, kDeclined).empty())
      return nothing_shown("it said: " + said(attack, kDeclined));
    if (const auto slower = slower_throughout(attack, control);
        !gain && slower && manifest.expected != Expected::rejected)
      return {Outcome::harmless, "accepted, and it gained nothing: " + *slower};
    // Windows show what it did, by the sealed clock; the report may believe something else.
    double reported = reported_gain(attack, control);
    if (const double over_twin = twin != nullptr ? reported_gain(attack, *twin) : 0; over_twin > 0)
      reported = std::min(reported, over_twin);
    if (reported > kGained)
      return {Outcome::missed, fmt::format("accepted, and the low end of its reported speedup is "
                                           "{:.3g} times the high end of honest "
                                           "code's",
                                           reported)};
    return judge_accepted(manifest.expected, gain, grant_of(attack, control));
  }
  const std::string by = rejecting_guards(attack);
  if (!wanted.empty() && !any_of(wanted, attack))
    return nothing_shown(fmt::format("rejected by {}, but by none of those that would show it ({})",
                                     by, fmt::join(wanted, ", ")));
  if (refused(attack)) return {Outcome::rejected, "rejected by " + by};
  // The machine may be to blame that something is not proven, and then it is for all of them.
  if (!accepted(control))
    return nothing_shown("not proven, and neither is honest code beside it: " + control.sentence);
  return {Outcome::rejected, "not proven, by " + by};
}

Judged judge_honest(const ImplementationResult& result) {
  if (refused(result)) return {Outcome::accused, result.sentence};
  if (!said(result, "ATTACK ").empty())
    return {Outcome::not_run, "it is no honest code; it said: " + said(result, "ATTACK ")};
  const bool open = std::any_of(result.findings.begin(), result.findings.end(), blocks);
  if (accepted(result) && !open) return {Outcome::accepted, result.sentence};
  return {Outcome::not_proven, result.sentence};
}

}  // namespace aisp::redteam
