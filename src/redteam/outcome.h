// What the end of a match says about an attack and about honest code. Pure, and it fails closed: what
// was not shown is `not_run` or `not_proven`, never caught and never accepted.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "judge/result.h"
#include "redteam/row.h"

namespace aisp::redteam {

// What an attack says of itself, at the beginning of a line on stderr (attacks/outcome.h).
inline constexpr const char* kSucceeded = "ATTACK SUCCEEDED";  // whatever the verdict is
inline constexpr const char* kDeclined = "ATTACK DECLINED";    // its way was barred
inline constexpr const char* kNotTried = "ATTACK NOT TRIED";   // its own brake; nothing was shown

// An accepted attack has gained when it is surely more than 5 % faster than honest code that computes
// the same, and has gained nothing when it is surely less than 25 % faster; in between nothing is
// shown. Surely is 99.9 % on each side, so that a corpus of a hundred attacks judged ten times is
// wrong about once. Noise is no reason for 5 %: code of two modules that compute the same is, whose
// layouts differ.
inline constexpr double kGained = 1.05;
inline constexpr double kGainedNothing = 1.25;
inline constexpr double kGainConfidence = 0.998;

// Time of `honest` / time of `attack` per call, by the sealed clock in the timed rounds that both have;
// > 1 is faster than honest code. nullopt where they share too few.
std::optional<stats::Interval> gain_over(const ImplementationResult& attack,
                                         const ImplementationResult& honest);
// Over the faster of two honest ones, since a twin may be slow on purpose; but no more than what is surely gained over each: the
// other may be the one whose rounds were loud.
stats::Interval over_both(const stats::Interval& gain, const std::optional<stats::Interval>& other);

struct Judged {
  Outcome outcome = Outcome::not_run;
  std::string why;
};

// `control` and `twin` (null: it was not accepted) are the honest code beside it in the match. `gain` is over the
// fastest of that; unset is unknown.
Judged judge_attack(const Manifest& manifest, const ImplementationResult& attack,
                    const ImplementationResult& control, const std::optional<stats::Interval>& gain,
                    const ImplementationResult* twin = nullptr);

Judged judge_honest(const ImplementationResult& result);

// What the judge grants to an accepted attack, where it took back what windows show: because it saw calls that
// are faster in a row than alone, or because it came to no verdict and a low end below 1.
struct Grant {
  double share =
      0;  // low end of its speedup, which is what a reward is made of (docs/candidate.md), / the control's
  bool verdict = true;  // it said "faster"
  // Of its speedup / the control's; unknown is no small one.
  double estimate = std::numeric_limits<double>::infinity();
};

// An accepted attack: is that harmless?
Judged judge_accepted(Expected expected, const std::optional<stats::Interval>& gain,
                      const std::optional<Grant>& grant = std::nullopt);

// The first line of what it printed that begins with `word`; empty = none.
std::string said(const ImplementationResult& result, const char* word);

}  // namespace aisp::redteam
