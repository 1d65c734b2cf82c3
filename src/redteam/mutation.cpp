#include "redteam/mutation.h"

#include <algorithm>
#include <map>
#include <set>

#include "judge/verdict.h"
#include "redteam/outcome.h"
#include "report/verdict_text.h"

namespace aisp::redteam {

bool passes_without(const Row& attack, const std::string& guard) {
  if (attack.outcome != Outcome::rejected) return false;
  ImplementationResult result;
  result.part = Part::candidate;
  result.findings = attack.findings;
  std::erase_if(result.findings, [&](const Finding& f) { return f.guard == guard; });
  decide(result);
  if (!accepted(result)) return false;
  // One that may be accepted passes if it gained; what cannot be told is no proof of harmlessness.
  return judge_accepted(attack.expected, attack.gain).outcome != Outcome::harmless;
}

std::vector<GuardWorth> worth_of_guards(const std::vector<Row>& rows) {
  std::vector<GuardWorth> all;
  const auto of = [&](const std::string& guard) -> GuardWorth& {
    for (GuardWorth& worth : all)
      if (worth.guard == guard) return worth;
    all.push_back({guard, 0, {}, {}, {}});
    return all.back();
  };
  std::map<std::string, std::set<std::string>> rejects, only, not_only, accuses;
  for (const Row& row : rows) {
    for (const Finding& f : row.findings) of(f.guard);
    if (row.kind != Kind::attack) {
      for (const Finding& f : row.findings)
        if (f.required && f.status == FindingStatus::fail) accuses[f.guard].insert(row.name);
      continue;
    }
    if (row.outcome != Outcome::rejected) continue;
    for (const std::string& guard : row.guards()) {
      rejects[guard].insert(row.name);
      (passes_without(row, guard) ? only : not_only)[guard].insert(row.name);
    }
  }
  for (GuardWorth& worth : all) {
    worth.rejects = static_cast<int>(rejects[worth.guard].size());
    worth.only.assign(only[worth.guard].begin(), only[worth.guard].end());
    worth.accuses.assign(accuses[worth.guard].begin(), accuses[worth.guard].end());
    for (const std::string& name : worth.only)
      if (not_only[worth.guard].contains(name)) worth.sometimes.push_back(name);
  }
  return all;
}

}  // namespace aisp::redteam
