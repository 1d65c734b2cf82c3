// Ends of matches that nobody ran.
#pragma once

#include <string>
#include <vector>

#include "judge/result.h"
#include "judge/verdict.h"
#include "redteam/row.h"

namespace aisp::test {

inline Finding finding(const std::string& guard, FindingStatus status,
                       FindingKind kind = FindingKind::correctness, bool required = true) {
  return {guard, status, kind, status == FindingStatus::pass ? "" : guard + " says so", required};
}

// Findings of kinds correctness and honesty that pass, and `more`; the verdict follows.
inline ImplementationResult judged(std::vector<Finding> more = {}) {
  ImplementationResult r;
  r.implementation = "attack";
  r.part = Part::candidate;
  r.findings = {finding("bounds", FindingStatus::pass),
                finding("poison", FindingStatus::pass, FindingKind::honesty)};
  r.findings.insert(r.findings.end(), more.begin(), more.end());
  decide(r);
  return r;
}

inline redteam::Row attack_row(const std::string& name, redteam::Outcome outcome,
                               std::vector<Finding> findings = {},
                               redteam::Expected expected = redteam::Expected::rejected) {
  redteam::Row row;
  row.name = name;
  row.klass = "T1";
  row.title = "made up";
  row.target = "testbed:axpby";
  row.device = "cpu";
  row.expected = expected;
  row.ends = "refuted";
  row.mechanism = "values";
  row.outcome = outcome;
  row.why = "made up";
  row.findings = judged(std::move(findings)).findings;
  return row;
}

}  // namespace aisp::test
