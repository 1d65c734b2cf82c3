// Which guards the corpus needs: each one is switched off in turn in what was recorded, and the
// verdicts follow anew. Pure.
#pragma once

#include <string>
#include <vector>

#include "redteam/row.h"

namespace aisp::redteam {

struct GuardWorth {
  std::string guard;
  int rejects = 0;  // attacks that it alone would keep from being accepted, others or not
  std::vector<std::string> only;       // attacks that nobody else caught: without it they pass
  std::vector<std::string> sometimes;  // of those, caught by others too in some repeats
  std::vector<std::string> accuses;    // honest code that it failed, in any repeat

  bool redundant() const { return only.empty(); }
};

// Would this attack pass if what `guard` found had not been found?
bool passes_without(const Row& attack, const std::string& guard);

// Every guard that is in the rows' findings, in their order. An attack is caught by one guard alone
// if it passes without it in any repeat.
std::vector<GuardWorth> worth_of_guards(const std::vector<Row>& rows);

}  // namespace aisp::redteam
