// report.md: everything that a reader needs to believe, doubt or repeat a run.
#pragma once

#include <string>
#include <vector>

#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/names.h"

namespace aisp {

// Verdict sentences first; then the table, what was found, the three clocks, accuracy, the
// environment, and how to repeat it.
std::string report_markdown(const RunInfo& run, const std::vector<TargetResult>& results,
                            RunState state);

}  // namespace aisp
