// docs/protections.md: each protection and each way to be wrong, with the attack that shows it.
#pragma once

#include <string>
#include <vector>

#include "redteam/row.h"

namespace aisp::redteam {

// What recorded runs say about one row of the checklist.
struct RowEvidence {
  std::vector<const Row*> caught;  // attacks that name it and were caught, each once per device
  std::vector<const Row*> not_caught;
};

// Attacks of `recordings` that name the row `id`. An attack that was not caught in one of the repeats
// was not caught.
RowEvidence evidence_for(const std::string& id, const std::vector<Recording>& recordings);

// Markdown. `recordings`: one per device, of the whole corpus. A row is unproven when no attack that
// names it was run and caught, and also when any that names it was not caught.
std::string protections_markdown(const std::vector<Recording>& recordings);

}  // namespace aisp::redteam
